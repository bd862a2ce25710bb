import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { recentDecisionsOptions, recentDecisionsQueryKey, recordDecisionOutcomeMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { actionName } from '@/pages/decisioning/answer'
import { Empty, Problem, Skeleton } from '@/parts/states'

const TOLD = ['approved', 'declined', 'timeout'] as const

/** Decisions that were made; how one went is told here when no system tells it. */
export function Recent({ zone, open }: { zone: string; open: (audit: string) => void }) {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(recentDecisionsOptions({ query: { limit: 20 } }))
  const tell = useMutation({ ...recordDecisionOutcomeMutation(), onSuccess: () => client.invalidateQueries({ queryKey: recentDecisionsQueryKey({ query: { limit: 20 } }) }) })
  return (
    <Card title="Recent decisions" note="Each was stored before it was answered.">
      {tell.error && <Problem error={tell.error} />}
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-40" />
      ) : data.length === 0 ? (
        <Empty title="Nothing was decided yet">Press Decide above, or let a system ask the API.</Empty>
      ) : (
        <DataTable
          label="Recent decisions"
          rows={data}
          rowKey={(row) => row.audit_id}
          maxHeight="24rem"
          columns={[
            { key: 'at', title: `When (${zone})`, cell: (row) => moment(row.created_at, zone) },
            { key: 'type', title: 'What', cell: (row) => row.decision_type },
            {
              key: 'action',
              title: 'Decided',
              cell: (row) => (
                <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => open(row.audit_id)}>
                  {actionName(row.action ?? 'nothing')}
                </button>
              ),
            },
            { key: 'why', title: 'Why', cell: (row) => String(row.response.reason ?? '') },
            {
              key: 'outcome',
              title: 'How it went',
              cell: (row) =>
                row.outcomes.length > 0 ? (
                  row.outcomes.map((one) => one.outcome).join(', then ')
                ) : (
                  <span className="flex gap-1">
                    {TOLD.map((outcome) => (
                      <Button key={outcome} look="quiet" disabled={tell.isPending} onClick={() => tell.mutate({ body: { audit_id: row.audit_id, outcome } })}>
                        {outcome}
                      </Button>
                    ))}
                  </span>
                ),
            },
          ]}
        />
      )}
    </Card>
  )
}
