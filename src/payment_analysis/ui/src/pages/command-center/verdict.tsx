import type { ActionsOut, StandingOut } from '@/api/generated'
import { count, moneyRange, percent, plural, points, shortMoney } from '@/format/number'
import { period } from '@/format/time'
import { valueName } from '@/format/words'
import { useScope } from '@/scope/use-scope'

import { leadingCause } from './cause'

/** How it stands in one sentence, with money; what it is sure of and what not. */
export function Verdict({ standing, actions }: { standing: StandingOut; actions: ActionsOut | undefined }) {
  const { now, change } = standing
  const zone = standing.zone
  return (
    <div>
      <h1 className="max-w-6xl text-[21px] leading-snug font-semibold tracking-tight">
        {now.payment.trials === 0 ? 'No payment got an answer from an issuer in this range. ' : `${percent(now.payment.rate)} of ${plural(now.payment.trials, 'payment')} were approved`}
        <Moved standing={standing} />
        {now.lost_value && (
          <>
            {' '}
            <span className="text-bad">{shortMoney(now.lost_value)}</span> was declined for good
            <span className={actions ? '' : 'invisible'}>
              , of which <span className="text-good">{moneyRange(actions?.recoverable)}</span> looks recoverable.
            </span>
          </>
        )}
      </h1>
      <p className="mt-1.5 text-ink-3">
        {standing.period && `${period(standing.period.start, standing.period.end, zone)} (${zone})`}
        {standing.compared_with && `, compared with ${period(standing.compared_with.start, standing.compared_with.end, zone)}`}
        {change && standing.before && `. Difference of the rates with its 95 % interval: ${points(change.difference)} (${points(change.low)} to ${points(change.high)})`}. {count(now.attempts)} attempts.
      </p>
    </div>
  )
}

function Moved({ standing }: { standing: StandingOut }) {
  const { toggle } = useScope()
  const { change } = standing
  if (!change || standing.now.payment.trials === 0) return <>.</>
  if (!change.is_proven) return <>, no different from before beyond chance ({points(change.difference)}).</>
  const cause = leadingCause(standing.movements, change.difference)
  const colour = change.difference < 0 ? 'text-bad' : 'text-good'
  return (
    <>
      , <span className={colour}>{change.difference < 0 ? 'down' : 'up'} {points(Math.abs(change.difference)).replace('+', '')}</span>.
      {cause && (
        <>
          {' '}
          <button type="button" className="underline decoration-line-strong decoration-2 underline-offset-4 hover:decoration-accent" onClick={() => toggle(cause.dimension as never, cause.part.name)}>
            {valueName(cause.dimension, cause.part.name)}
          </button>{' '}
          explains {points(cause.effect)} of it.
        </>
      )}
    </>
  )
}
