import type { OptionOut, RuleHitOut, VersionsOut } from '@/api/generated'
import { percent } from '@/format/number'
import { duration } from '@/format/time'
import { label } from '@/format/words'
import { Card } from '@/parts/card'

export type Answer = {
  audit_id: string
  reason: string
  policy: string
  fallback: string | null
  options: OptionOut[]
  rules: RuleHitOut[]
  versions?: VersionsOut
  experiment_id?: string | null
  variant?: string | null
  path?: string
  primary_route?: string
  solution?: string
  propensity?: number
  is_exploration?: boolean
  should_retry?: boolean
  retry_after_seconds?: number | null
  way?: string | null
}

export function headline(answer: Answer): string {
  if (answer.path) return answer.path === 'none' ? 'Do not authenticate' : `Authenticate by ${label(answer.path)}`
  if (answer.primary_route) return `Send to ${answer.primary_route} (${label(answer.solution).toLowerCase()})`
  if (!answer.should_retry) return 'Do not retry'
  return `Retry ${label(answer.way).toLowerCase()} ${answer.retry_after_seconds ? `in ${duration(answer.retry_after_seconds)}` : 'at once'}`
}

const chosen = (answer: Answer, option: OptionOut) =>
  option.action === answer.path || option.action === `${answer.primary_route}/${answer.solution}` || option.action === `${answer.way}@${answer.retry_after_seconds}`

/** An action as words: a retry's names its way and its wait. */
export function actionName(action: string): string {
  const [way = '', wait] = action.split('@')
  if (wait !== undefined) return `${label(way)} ${Number(wait) > 0 ? `in ${duration(Number(wait))}` : 'at once'}`
  const [route = '', solution] = action.split('/')
  return solution === undefined ? label(action) : `${route} (${label(solution).toLowerCase()})`
}

/** What was decided, why, and what everything else would have brought. */
export function AnswerCard({ answer, stale, note }: { answer: Answer; stale: boolean; note: string }) {
  return (
    <Card title={headline(answer)} note={note} stale={stale}>
      <AnswerBody answer={answer} />
    </Card>
  )
}

/** Everything of a decision but its headline. */
export function AnswerBody({ answer }: { answer: Answer }) {
  return (
    <>
      {answer.reason && <p className="mt-2">{answer.reason}</p>}
      {answer.propensity !== undefined && (
        <p className="mt-2 text-xs text-ink-3">
          {answer.is_exploration ? 'Taken to learn, though another one is expected to bring more' : 'Taken as the best one'}; it had a chance of {percent(answer.propensity)} of being chosen.
        </p>
      )}
      {answer.experiment_id && <p className="mt-2 text-xs text-ink-3">Part of an experiment, as variant {answer.variant}.</p>}
      {answer.fallback && (
        <p className="mt-2 text-warn">
          Decided by the fallback policy {label(answer.policy).toLowerCase()}: {answer.fallback}
        </p>
      )}
      {answer.rules.map((rule) => (
        <p key={rule.rule_id} className="mt-2 text-xs text-ink-3">
          {rule.effect.includes(rule.name) ? rule.effect : `Rule ${rule.name} (version ${rule.version}): ${rule.effect}`}
          {rule.followed || rule.effect.includes('would say') ? '' : ' (not followed)'}
        </p>
      ))}
      {answer.options.length > 0 && <Options answer={answer} />}
      {answer.versions && <Versions versions={answer.versions} />}
    </>
  )
}

function Options({ answer }: { answer: Answer }) {
  const most = Math.max(0.01, ...answer.options.map((one) => Math.abs(one.net_value ?? 0)))
  return (
    <>
      <p className="mt-4 mb-1 text-xs font-medium text-ink-3">What every action would have brought (EUR)</p>
      <ul className="flex flex-col gap-1">
        {answer.options.map((one) => (
          <li key={one.action} className={`grid grid-cols-[minmax(0,14rem)_minmax(0,1fr)_auto] items-center gap-3 ${one.is_eligible ? '' : 'text-ink-3'}`}>
            <span className={`truncate ${chosen(answer, one) ? 'font-semibold' : ''}`} title={one.action}>
              {actionName(one.action)}
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
              {one.approval === null ? '' : ` · ${percent(one.approval)}`}
            </span>
            {!one.is_eligible && one.net_value !== null && <span className="col-span-3 text-xs text-ink-3">{one.why}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}

function Versions({ versions }: { versions: VersionsOut }) {
  const models = Object.entries(versions.models).map(([name, version]) => `${name} ${version}`)
  return (
    <p className="mt-3 text-xs break-words text-ink-3">
      Made with {models.length > 0 ? models.join(', ') : 'no model'}; settings {versions.settings}; rules {versions.rules || 'none'}.
    </p>
  )
}
