import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import type { ProposalOut } from '@/api/generated'
import { listApprovalRulesQueryKey, listConfigProposalsOptions, listConfigProposalsQueryKey, reviewConfigProposalMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { asRule, madeOf } from '@/pages/rules/proposed'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Empty, Problem, Skeleton } from '@/parts/states'

const LINK = 'inline-flex min-h-[24px] items-center text-accent-ink hover:underline'
const DECIDED_SHOWN = 20

/** What agents ask for; nothing of it holds before a person who did not ask has said yes. */
export function Proposals({ zone, named }: { zone: string; named: string | undefined }) {
  const { data, error, refetch } = useQuery(listConfigProposalsOptions())
  const waiting = data?.filter((one) => one.status === 'pending') ?? []
  const decided = data?.filter((one) => one.status !== 'pending').slice(0, DECIDED_SHOWN) ?? []
  return (
    <Card title="Proposals" note="An accepted rule or experiment becomes a draft; accepted configuration is in force at once.">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-20" />
      ) : (
        <>
          {waiting.length === 0 && (
            <Empty title="No proposal waits">
              Agents write here what they would change, with their evidence. <Link to="/agents" className="text-accent-ink underline">Ask them</Link>.
            </Empty>
          )}
          <ul className="mt-2 flex flex-col gap-2">
            {waiting.map((one) => (
              <Proposal key={one.id} one={one} zone={zone} named={one.id === named} />
            ))}
          </ul>
          {decided.length > 0 && (
            <details className="mt-3" open={decided.some((one) => one.id === named)}>
              <summary className="cursor-pointer text-xs text-ink-3">Decided</summary>
              <ul className="mt-2 flex flex-col gap-2">
                {decided.map((one) => (
                  <Proposal key={one.id} one={one} zone={zone} named={one.id === named} />
                ))}
              </ul>
            </details>
          )}
        </>
      )}
    </Card>
  )
}

function Proposal({ one, zone, named }: { one: ProposalOut; zone: string; named: boolean }) {
  const place = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (named) place.current?.scrollIntoView({ block: 'center' })
  }, [named])
  return (
    <li ref={place} aria-current={named} className={`rounded-lg border p-3 ${named ? 'border-accent' : ''}`}>
      <div className="flex flex-wrap items-center gap-2">
        <b className="break-words">{one.target_key}</b>
        <span className="text-xs text-ink-3">
          {label(one.change_type)} · {label(one.source_agent)}
          {one.proposed_by && ` for ${one.proposed_by}`} · {moment(one.created_at, zone)}
          {one.expires_at && ` · until ${moment(one.expires_at, zone)}`}
        </span>
        {one.status === 'pending' && <Review one={one} />}
      </div>
      <p className="mt-1 text-ink-2">{one.rationale}</p>
      <pre className="mt-1 overflow-auto rounded-md bg-page p-2 font-mono text-xs" tabIndex={0} role="region" aria-label={`What is proposed: ${one.target_key}`}>
        {one.current_value !== null && `now:      ${one.current_value}\n`}proposed: {one.proposed_value}
      </pre>
      <p className="mt-1 flex flex-wrap gap-x-3 text-xs">
        <Leads one={one} zone={zone} />
      </p>
    </li>
  )
}

/** Where a proposal comes from, and where it goes. */
function Leads({ one, zone }: { one: ProposalOut; zone: string }) {
  const made = madeOf(one)
  const rule = asRule(one)
  return (
    <>
      {one.run_id && (
        <Link to="/agents" search={{ run: one.run_id } as never} className={LINK}>
          The finding behind it
        </Link>
      )}
      {one.status === 'pending' && rule && (
        <Link to="/rules" search={rule as never} className={LINK}>
          Backtest it as a rule
        </Link>
      )}
      {made && (
        <Link to={made.to} search={{ id: made.id } as never} className={LINK}>
          {made.to === '/rules' ? 'The rule it became' : 'The experiment it became'}
        </Link>
      )}
      {one.status !== 'pending' && (
        <span className="text-ink-3">
          {label(one.status)} by {one.reviewed_by ?? 'nobody'}
          {one.reviewed_at && ` · ${moment(one.reviewed_at, zone)}`}
        </span>
      )}
    </>
  )
}

function Review({ one }: { one: ProposalOut }) {
  const client = useQueryClient()
  const review = useMutation({
    ...reviewConfigProposalMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: listConfigProposalsQueryKey() })
      await client.invalidateQueries({ queryKey: listApprovalRulesQueryKey() })
    },
  })
  const decide = (verdict: 'approve' | 'reject') => review.mutate({ path: { proposal_id: one.id }, body: { verdict } })
  return (
    <span className="ml-auto flex flex-wrap gap-2">
      <Button disabled={review.isPending} onClick={() => decide('reject')}>
        Reject
      </Button>
      <Button look="strong" disabled={review.isPending} onClick={() => decide('approve')}>
        Accept
      </Button>
      {review.error && <Problem error={review.error} />}
    </span>
  )
}
