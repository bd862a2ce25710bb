import { useQuery } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'

import type { ExperimentOut } from '@/api/generated'
import { listExperimentsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { percent, plural } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Design } from '@/pages/experiments/design'
import { Experiment } from '@/pages/experiments/experiment'
import { asType } from '@/pages/rules/draft'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

type Search = { id?: string | undefined; new?: string | undefined; type?: string | undefined; action?: string | undefined; value?: string | undefined }
const word = (value: unknown) => (value === undefined || value === null ? undefined : String(value))

export const Route = createFileRoute('/experiments')({
  validateSearch: (search: Record<string, unknown>): Search => ({ id: word(search.id), new: word(search.new), type: word(search.type), action: word(search.action), value: word(search.value) }),
  component: Experiments,
})

function Experiments() {
  const { id, new: prefilled, type, action, value } = Route.useSearch()
  const navigate = useNavigate()
  const { zone } = useScope()
  const { data, error, refetch } = useQuery(listExperimentsOptions())
  const go = (to: Search) => void navigate({ to: '.', search: ((before: object) => ({ ...before, id: undefined, new: undefined, type: undefined, action: undefined, value: undefined, ...to })) as never })
  const opened = data?.find((one) => one.id === id)
  return (
    <Page
      title="Experiments"
      question="Did it work?"
      tools={
        <Button look="strong" onClick={() => go({ new: '', type: 'routing' })}>
          New experiment
        </Button>
      }
    >
      <Card title={data ? plural(data.length, 'experiment') : 'Experiments'}>
        {error ? (
          <Problem error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Skeleton className="h-40" />
        ) : data.length === 0 ? (
          <Empty title="No experiment is designed">Design one, or start from a cause on another page.</Empty>
        ) : (
          <List experiments={data} zone={zone} onOpen={(one) => go({ id: one })} />
        )}
      </Card>
      <Dialog open={opened !== undefined || prefilled !== undefined} onClose={() => go({})} title={opened?.name ?? 'New experiment'} shape="drawer">
        {opened ? (
          <Experiment one={opened} zone={zone} />
        ) : (
          <Design key={prefilled} start={{ eligible: prefilled ?? '', decision: asType(type), action: action ?? '', value: value ?? '' }} onKept={(kept) => go({ id: kept })} />
        )}
      </Dialog>
    </Page>
  )
}

function List({ experiments, zone, onOpen }: { experiments: readonly ExperimentOut[]; zone: string; onOpen: (id: string) => void }) {
  return (
    <DataTable
      label="Experiments"
      rows={experiments}
      rowKey={(row) => row.id}
      columns={[
        {
          key: 'name',
          title: 'Experiment',
          cell: (row) => (
            <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => onOpen(row.id)}>
              {row.name}
            </button>
          ),
          sort: (row) => row.name,
        },
        { key: 'decision', title: 'Decision', cell: (row) => label(row.decision), sort: (row) => row.decision },
        { key: 'who', title: 'Who takes part', cell: (row) => <code className="text-xs break-words">{row.eligible ?? 'everybody'}</code> },
        { key: 'variants', title: 'Variants', cell: (row) => row.variants.map((one) => `${one.name} ${percent(one.share, 0)}`).join(', ') },
        { key: 'status', title: 'Status', cell: (row) => label(row.status), sort: (row) => row.status },
        { key: 'owner', title: 'Owner', cell: (row) => row.owner, sort: (row) => row.owner },
        { key: 'started', title: `Started (${zone})`, right: true, cell: (row) => (row.started_at ? moment(row.started_at, zone) : 'not yet'), sort: (row) => row.started_at },
      ]}
    />
  )
}
