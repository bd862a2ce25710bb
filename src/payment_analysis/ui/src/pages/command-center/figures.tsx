import type { Gap, PulseOut, StandingOut } from '@/api/generated'
import { change, count, interval, major, milliseconds, percent, points, shortMoney } from '@/format/number'
import { Card } from '@/parts/card'
import { Delta } from '@/parts/delta'
import { Spark } from '@/parts/spark'

type Figure = {
  title: string
  note: string
  better?: 'more' | 'less'
  value: (pulse: PulseOut) => number | null
  shown: (pulse: PulseOut) => string
  beside: (pulse: PulseOut) => string
  isRate?: boolean
  /** The difference with its interval, where there is one: what is within chance gets no colour. */
  gap?: (standing: StandingOut) => Gap | null
}

const FIGURES: readonly Figure[] = [
  {
    title: 'Approved payments',
    note: 'Payments approved in the end, of those an issuer answered. A retry that works counts as approved.',
    better: 'more',
    value: (pulse) => pulse.payment.rate,
    shown: (pulse) => percent(pulse.payment.rate),
    beside: (pulse) => `95 % interval ${interval(pulse.payment)}`,
    isRate: true,
    gap: (standing) => standing.change,
  },
  {
    title: 'Approved at the first attempt',
    note: 'Payments that needed no retry, of those an issuer answered.',
    better: 'more',
    value: (pulse) => pulse.first_attempt.rate,
    shown: (pulse) => percent(pulse.first_attempt.rate),
    beside: (pulse) => `95 % interval ${interval(pulse.first_attempt)}`,
    isRate: true,
    gap: (standing) => standing.first_change,
  },
  {
    title: 'Declined for good',
    note: 'Value of payments that ended without approval, in the reporting currency.',
    better: 'less',
    value: (pulse) => (pulse.lost_value ? major(pulse.lost_value) : null),
    shown: (pulse) => shortMoney(pulse.lost_value),
    beside: (pulse) => `${count(pulse.lost_payments)} payments`,
  },
  {
    title: 'Recovered by retries',
    note: 'Value of payments that were approved on a later attempt.',
    better: 'more',
    value: (pulse) => (pulse.recovered_value ? major(pulse.recovered_value) : null),
    shown: (pulse) => shortMoney(pulse.recovered_value),
    beside: (pulse) => `${count(pulse.recovered_payments)} payments`,
  },
  {
    title: 'Answer time, 95th percentile',
    note: 'From request to answer; one attempt in twenty takes longer.',
    better: 'less',
    value: (pulse) => pulse.latency_ms_p95,
    shown: (pulse) => milliseconds(pulse.latency_ms_p95),
    beside: (pulse) => `${count(pulse.attempts)} attempts`,
  },
]

const TRIALS_MIN = 30 // a stretch with fewer payments says nothing about a rate

/** Stretches with enough payments to draw; all of them when none has. */
export function enough(pulses: readonly PulseOut[]): readonly PulseOut[] {
  const full = pulses.filter((pulse) => pulse.payment.trials >= TRIALS_MIN)
  return full.length > 1 ? full : pulses
}

export function Figures({ standing, stale }: { standing: StandingOut; stale: boolean }) {
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      {FIGURES.map((figure, place) => (
        <Card key={figure.title} title={<span title={figure.note}>{figure.title}</span>} stale={stale} className={place === 0 ? 'max-md:col-span-2' : ''}>
          <div className="flex flex-wrap items-baseline gap-x-2">
            <span className="num text-2xl font-semibold tracking-tight">{figure.shown(standing.now)}</span>
            <Compared figure={figure} standing={standing} />
          </div>
          <p className="num mt-0.5 truncate text-xs text-ink-3">{figure.beside(standing.now)}</p>
          <Spark values={enough(standing.points).map(figure.value)} tone={place === 0 ? 'accent' : 'quiet'} className="mt-2" />
        </Card>
      ))}
    </div>
  )
}

function Compared({ figure, standing }: { figure: Figure; standing: StandingOut }) {
  const { now, before } = standing
  if (!before) return null
  const [value, earlier] = [figure.value(now), figure.value(before)]
  if (value === null || earlier === null) return null
  if (!figure.isRate) return <Delta direction={Math.sign(value - earlier)} text={change(value, earlier)} better={figure.better} />
  const isProven = figure.gap?.(standing)?.is_proven ?? false
  const text = points(value - earlier)
  const direction = /[1-9]/.test(text) ? Math.sign(value - earlier) : 0
  return <Delta direction={direction} text={isProven ? text : `${text}, within chance`} better={isProven ? figure.better : undefined} />
}
