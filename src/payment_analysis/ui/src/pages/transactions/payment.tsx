import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed, CircleX, Send } from 'lucide-react'

import type { Payment as PaymentAnswer, Step } from '@/api/generated'
import { getPaymentOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, money, plural } from '@/format/number'
import { dayYear, seconds } from '@/format/time'
import { country, label } from '@/format/words'
import { contextOf } from '@/pages/decisioning/context'
import { Trace } from '@/pages/decisioning/trace'
import { Similar } from '@/pages/transactions/similar'
import { Problem, Skeleton } from '@/parts/states'

const SIGNS = { good: [CircleCheck, 'text-good'], bad: [CircleX, 'text-bad'], open: [CircleDashed, 'text-warn'], done: [Send, 'text-ink-3'] } as const
const STAGES: Record<string, string> = { sent: 'Sent', fraud_control: 'Fraud control', authentication: 'Authentication', answer: 'Answer', dispute: 'Dispute' }

/** One payment: what happened, attempt by attempt, in plain language, and every field of it. */
export function Payment({ id, zone }: { id: string; zone: string }) {
  const { data, error, refetch } = useQuery(getPaymentOptions({ path: { payment_id: id } }))
  if (error) return <div className="p-4"><Problem error={error} retry={() => void refetch()} /></div>
  if (!data) return <div className="p-4"><Skeleton className="h-96" /></div>
  const [first] = data.attempts
  const approved = data.attempts.some((one) => one.result === 'approved')
  return (
    <div className="flex flex-col gap-5 p-4">
      <div>
        <p className="num text-2xl font-semibold tracking-tight">
          {first?.amount_minor !== null && first?.amount_minor !== undefined && first.currency ? money({ amount_minor: first.amount_minor, currency: first.currency }) : 'Amount not known'}
        </p>
        <p className="text-ink-3">
          {plural(data.attempts.length, 'attempt')}, {approved ? 'approved in the end' : `ended ${data.attempts.at(-1)?.result ?? 'without an answer'}`}
        </p>
      </div>
      <Timeline steps={data.steps} zone={zone} />
      {first?.payment_id && <Trace payment={first.payment_id} zone={zone} />}
      <Simulate data={data} />
      <Fields data={data} />
      {first?.transaction_id && <Similar id={first.transaction_id} zone={zone} />}
    </div>
  )
}

function Timeline({ steps, zone }: { steps: readonly Step[]; zone: string }) {
  return (
    <section aria-label="Timeline">
      <h3 className="mb-2 text-xs font-medium text-ink-3">What happened ({zone})</h3>
      <ol className="flex flex-col">
        {steps.map((step, place) => {
          const [Sign, colour] = SIGNS[step.outcome]
          const opens = step.stage === 'sent'
          return (
            <li key={`${step.transaction_id} ${step.stage}`} className={`flex gap-3 ${opens && place > 0 ? 'mt-3 border-t pt-3' : ''}`}>
              <div className="flex w-20 shrink-0 flex-col text-right text-xs text-ink-3">
                {opens && (
                  <>
                    <span className="num">{seconds(step.at, zone)}</span>
                    <span>{dayYear(step.at, zone)}</span>
                  </>
                )}
              </div>
              <Sign aria-hidden size={16} className={`mt-0.5 shrink-0 ${colour}`} />
              <div className="min-w-0 pb-2">
                <p className="text-xs text-ink-3">
                  {STAGES[step.stage]}
                  {opens && step.attempt_number ? ` · attempt ${step.attempt_number}` : ''}
                </p>
                <p>{step.sentence}</p>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** What would be decided about this payment: the same page as for any other. */
function Simulate({ data }: { data: PaymentAnswer }) {
  const last = data.attempts.at(-1)
  const context = last && contextOf(last)
  if (!context) return <p className="text-xs text-ink-3">Without a merchant, an amount and a currency nothing can be decided about it.</p>
  const shown = JSON.stringify(context)
  return (
    <nav aria-label="Decide about it" className="flex flex-wrap gap-4">
      <Link to="/decisioning" search={{ decide: 'routing', payment: shown } as never} className="text-accent-ink hover:underline">
        Simulate route
      </Link>
      {context.previous_decline_code && (
        <Link to="/smart-retry" search={{ payment: shown } as never} className="text-accent-ink hover:underline">
          Simulate retry
        </Link>
      )}
    </nav>
  )
}

function Fields({ data }: { data: PaymentAnswer }) {
  const last = data.attempts.at(-1)
  if (!last) return null
  const fields = [
    ['Payment', last.payment_id],
    ['Last attempt', last.transaction_id],
    ['Merchant', last.merchant_name ?? last.merchant_id],
    ['Segment', last.merchant_segment],
    ['Provider', last.psp],
    ['Network', label(last.card_network)],
    ['Card', last.card_bin ? `${last.card_bin} … ${last.card_last4 ?? ''}` : null],
    ['Issuer', last.issuer],
    ['Issuer country', last.issuer_country ? country(last.issuer_country) : null],
    ['Solution', label(last.payment_solution)],
    ['Entry system', last.entry_system],
    ['Standard reason', last.decline_reason_standard ? label(last.decline_reason_standard.toLowerCase()) : null],
    ['Raw code', last.decline_code_raw],
    ['At fault', last.decline_fault ? label(last.decline_fault) : null],
    ['Next step', last.recommended_action ? label(last.recommended_action) : null],
    ['Fraud score', last.fraud_score === null || last.fraud_score === undefined ? null : Number(last.fraud_score).toFixed(2)],
    ['Answer time', last.processing_time_ms === null || last.processing_time_ms === undefined ? null : `${count(last.processing_time_ms)} ms`],
    ['Data', last.origin],
  ] as const
  return (
    <section aria-label="Fields">
      <h3 className="mb-2 text-xs font-medium text-ink-3">Fields of the last attempt</h3>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
        {fields.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="num break-words">{value ?? <span className="text-ink-3">not known</span>}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
