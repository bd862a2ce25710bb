import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import type { DecisionLogOut } from '@/api/generated'
import { recentDecisionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Problem, Skeleton } from '@/parts/states'

import type { Answer } from './answer'
import { AnswerBody, headline } from './answer'

const SHOWN = 50

/** The decisions that were made for one payment, in order: what, why, what else, and how it went. */
export function Trace({ payment, zone }: { payment: string; zone: string }) {
  const { data, error, refetch } = useQuery(recentDecisionsOptions({ query: { payment_id: payment, limit: SHOWN } }))
  return (
    <section aria-label="Decisions">
      <h3 className="mb-2 text-xs font-medium text-ink-3">What was decided ({zone})</h3>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton className="h-10" />}
      {data?.length === 0 && <p className="text-xs text-ink-3">No decision was asked for this payment.</p>}
      <ol className="flex flex-col divide-y">
        {data?.toReversed().map((decision) => (
          <li key={decision.audit_id} className="py-2">
            <One decision={decision} zone={zone} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function One({ decision, zone }: { decision: DecisionLogOut; zone: string }) {
  const answer = decision.response as unknown as Answer & { decided_at: string }
  return (
    <details>
      <summary className="cursor-pointer">
        <span className="font-medium">{headline(answer)}</span>
        <span className="text-xs text-ink-3">
          {' '}
          · {label(decision.decision_type)} · {moment(answer.decided_at, zone)}
        </span>
        <span className="mt-0.5 block pl-4 text-ink-2">{answer.reason}</span>
        <Outcomes decision={decision} zone={zone} />
      </summary>
      <div className="mt-1 pl-4">
        <AnswerBody answer={{ ...answer, reason: '' }} />
        <Link to="/decisioning" search={{ audit: decision.audit_id, decide: decision.decision_type, payment: JSON.stringify(decision.request) } as never} className="mt-2 inline-block text-accent-ink hover:underline">
          Open in Decisioning
        </Link>
      </div>
    </details>
  )
}

const COLOURS: Record<string, string> = { approved: 'text-good', declined: 'text-bad' }

export function Outcomes({ decision, zone }: { decision: DecisionLogOut; zone: string }) {
  if (decision.outcomes.length === 0) return <span className="block pl-4 text-xs text-ink-3">How it went was not told.</span>
  return decision.outcomes.map((one) => (
    <span key={`${one.outcome} ${one.at}`} className="block pl-4 text-xs text-ink-3">
      Told <span className={COLOURS[one.outcome] ?? 'text-warn'}>{one.outcome}</span>
      {one.outcome_code ? ` with code ${one.outcome_code}` : ''}
      {one.fault ? `, on the side of ${label(one.fault).toLowerCase()}` : ''} · {moment(one.at, zone)}
    </span>
  ))
}
