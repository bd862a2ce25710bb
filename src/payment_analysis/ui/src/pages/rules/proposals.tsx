import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import type { ProposalOut } from '@/api/generated'
import { listApprovalRulesQueryKey, listConfigProposalsOptions, listConfigProposalsQueryKey, reviewConfigProposalMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Empty, Problem, Skeleton } from '@/parts/states'

const PENDING = { query: { status: 'pending' as const } }

/** What agents ask for; nothing of it holds before a person who did not ask has said yes. */
export function Proposals({ zone }: { zone: string }) {
  const { data, error, refetch } = useQuery(listConfigProposalsOptions(PENDING))
  return (
    <Card title="Proposals" note="An accepted rule or experiment becomes a draft; accepted configuration is in force at once.">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-20" />
      ) : data.length === 0 ? (
        <Empty title="No proposal waits">Agents write here what they would change, with their evidence.</Empty>
      ) : (
        <ul className="mt-2 flex flex-col gap-2">
          {data.map((one) => (
            <Proposal key={one.id} one={one} zone={zone} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Proposal({ one, zone }: { one: ProposalOut; zone: string }) {
  const client = useQueryClient()
  const review = useMutation({
    ...reviewConfigProposalMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: listConfigProposalsQueryKey(PENDING) })
      await client.invalidateQueries({ queryKey: listApprovalRulesQueryKey() })
    },
  })
  const decide = (verdict: 'approve' | 'reject') => review.mutate({ path: { proposal_id: one.id }, body: { verdict } })
  return (
    <li className="rounded-lg border p-3">
      <div className="flex flex-wrap items-center gap-2">
        <b>{one.target_key}</b>
        <span className="text-xs text-ink-3">
          {label(one.change_type)} · {one.source_agent}
          {one.proposed_by && ` for ${one.proposed_by}`} · {moment(one.created_at, zone)}
          {one.expires_at && ` · until ${moment(one.expires_at, zone)}`}
        </span>
        <span className="ml-auto flex gap-2">
          <Button disabled={review.isPending} onClick={() => decide('reject')}>
            Reject
          </Button>
          <Button look="strong" disabled={review.isPending} onClick={() => decide('approve')}>
            Accept
          </Button>
        </span>
      </div>
      <p className="mt-1 text-ink-2">{one.rationale}</p>
      <pre className="mt-1 overflow-auto rounded-md bg-page p-2 font-mono text-xs">
        {one.current_value !== null && `now:      ${one.current_value}\n`}proposed: {one.proposed_value}
      </pre>
      {review.error && <Problem error={review.error} />}
    </li>
  )
}
