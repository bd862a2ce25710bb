import type { OptionOut } from '@/api/generated'
import { Card } from '@/parts/card'

export type Answer = {
  audit_id: string
  reason: string
  policy: string
  fallback: string | null
  options: OptionOut[]
  rules: { rule_id: string; name: string; effect: string; followed: boolean }[]
  path?: string
  primary_route?: string
  solution?: string
  propensity?: number
  should_retry?: boolean
  retry_after_seconds?: number | null
  way?: string | null
}

export function headline(answer: Answer): string {
  if (answer.path) return `Authenticate by ${answer.path}`
  if (answer.primary_route) return `Send to ${answer.primary_route} (${answer.solution ?? ''})`
  return answer.should_retry ? `Retry ${answer.way ?? ''} in ${((answer.retry_after_seconds ?? 0) / 3600).toFixed(1)} h` : 'Do not retry'
}

const chosen = (answer: Answer, option: OptionOut) =>
  option.action === answer.path || option.action === `${answer.primary_route}/${answer.solution}` || option.action === `${answer.way}@${answer.retry_after_seconds}`

/** What was decided, why, and what everything else would have brought. */
export function AnswerCard({ answer, stale, note }: { answer: Answer; stale: boolean; note: string }) {
  const most = Math.max(0.01, ...answer.options.map((one) => Math.abs(one.net_value ?? 0)))
  return (
    <Card title={headline(answer)} note={note} stale={stale}>
      <p className="mt-2">{answer.reason}</p>
      {answer.fallback && (
        <p className="mt-2 text-warn">
          Decided by the fallback policy {answer.policy}: {answer.fallback}
        </p>
      )}
      {answer.rules.map((rule) => (
        <p key={rule.rule_id} className="mt-2 text-xs text-ink-3">
          {rule.effect}
          {rule.followed ? '' : ' (not followed)'}
        </p>
      ))}
      <h3 className="mt-4 mb-1 text-xs font-medium text-ink-3">What every action would have brought (EUR)</h3>
      <ul className="flex flex-col gap-1">
        {answer.options.map((one) => (
          <li key={one.action} className={`grid grid-cols-[minmax(0,14rem)_1fr_auto] items-center gap-3 ${one.is_eligible ? '' : 'text-ink-3'}`}>
            <span className={`truncate ${chosen(answer, one) ? 'font-semibold' : ''}`} title={one.action}>
              {one.action}
            </span>
            {one.net_value === null ? (
              <span className="text-xs text-ink-3">{one.why || 'no score'}</span>
            ) : (
              <span className="h-3 rounded bg-page" title={one.why}>
                <span className={`block h-3 rounded ${chosen(answer, one) ? 'bg-accent' : 'bg-line-strong'}`} style={{ width: `${(100 * Math.max(0, one.net_value)) / most}%` }} />
              </span>
            )}
            <span className="num text-right text-xs">
              {one.net_value === null ? '' : one.net_value.toFixed(2)}
              {one.approval === null ? '' : ` · ${(100 * one.approval).toFixed(1)} %`}
            </span>
            {!one.is_eligible && one.net_value !== null && <span className="col-span-3 text-xs text-ink-3">{one.why}</span>}
          </li>
        ))}
      </ul>
    </Card>
  )
}
