import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'

import type { IncidentOut } from '@/api/generated'
import { draftIncidentMutation, getActiveAlertsOptions, listIncidentsOptions, listIncidentsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Incident } from '@/pages/incidents/incident'
import { plural } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { Severity } from '@/pages/incidents/severity'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/incidents')({
  validateSearch: (search: Record<string, unknown>): { id?: string | undefined } => ({ id: typeof search.id === 'string' ? search.id : undefined }),
  component: Incidents,
})

function Incidents() {
  const { id } = Route.useSearch()
  const navigate = useNavigate()
  const { zone } = useScope()
  const { data, error, refetch } = useQuery(listIncidentsOptions())
  const show = (shown: string | undefined) => void navigate({ to: '.', search: ((before: object) => ({ ...before, id: shown })) as never })
  const opened = data?.find((one) => one.id === id)
  return (
    <Page title="Incidents" question="What broke, who acts, is it over?">
      <Alerts onDrafted={show} />
      <Card title={data ? plural(data.length, 'incident') : 'Incidents'}>
        {error ? (
          <Problem error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Skeleton className="h-40" />
        ) : data.length === 0 ? (
          <Empty title="No incident is written down">Draft one from an alert above; it takes everything the alert knows.</Empty>
        ) : (
          <List incidents={data} zone={zone} onOpen={show} />
        )}
      </Card>
      <Dialog open={opened !== undefined} onClose={() => show(undefined)} title={opened?.title ?? ''} shape="drawer">
        {opened && <Incident incident={opened} zone={zone} />}
      </Dialog>
    </Page>
  )
}

function List({ incidents, zone, onOpen }: { incidents: readonly IncidentOut[]; zone: string; onOpen: (id: string) => void }) {
  return (
    <DataTable
      label="Incidents"
      rows={incidents}
      rowKey={(row) => row.id}
      columns={[
        { key: 'severity', title: 'Severity', cell: (row) => <Severity severity={row.severity} /> },
        {
          key: 'title',
          title: 'What',
          cell: (row) => (
            <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => onOpen(row.id)}>
              {row.title}
            </button>
          ),
        },
        { key: 'status', title: 'Status', cell: (row) => label(row.status), sort: (row) => row.status },
        { key: 'owner', title: 'Owner', cell: (row) => row.owner ?? 'nobody', sort: (row) => row.owner },
        { key: 'began', title: `Began (${zone})`, right: true, cell: (row) => (row.began_at ? moment(row.began_at, zone) : 'not known'), sort: (row) => row.began_at },
      ]}
    />
  )
}

function Alerts({ onDrafted }: { onDrafted: (id: string) => void }) {
  const { zone } = useScope()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(getActiveAlertsOptions())
  const draft = useMutation({
    ...draftIncidentMutation(),
    onSuccess: async (incident) => {
      await client.invalidateQueries({ queryKey: listIncidentsQueryKey() })
      onDrafted(incident.id)
    },
  })
  return (
    <Card title={data ? plural(data.rows.length, 'alert is on', 'alerts are on') : 'Alerts'} note="Beyond what is usual at that hour, by a test that false alarms rarely pass.">
      <div className="mt-2">
        {draft.error && <Problem error={draft.error} />}
        {error ? (
          <Problem error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Skeleton className="h-24" />
        ) : data.rows.length === 0 ? (
          <Empty title="No alert is on">The last hours are within what is usual.</Empty>
        ) : (
          <DataTable
            label="Alerts"
            rows={data.rows}
            rowKey={(row) => `${row.alert_type} ${row.scope_type} ${row.scope_value}`}
            maxHeight="20rem"
            columns={[
              { key: 'severity', title: 'Severity', cell: (row) => <Severity severity={row.severity ?? ''} /> },
              { key: 'message', title: 'What', cell: (row) => row.alert_message },
              { key: 'since', title: `Since (${zone})`, right: true, cell: (row) => (row.first_detected ? moment(row.first_detected, zone) : 'not known') },
              {
                key: 'draft',
                title: '',
                right: true,
                cell: (row) => (
                  <Button disabled={draft.isPending} onClick={() => draft.mutate({ body: { alert_type: row.alert_type ?? '', scope_type: row.scope_type ?? '', scope_value: row.scope_value ?? '' } })}>
                    Draft incident
                  </Button>
                ),
              },
            ]}
          />
        )}
      </div>
    </Card>
  )
}
