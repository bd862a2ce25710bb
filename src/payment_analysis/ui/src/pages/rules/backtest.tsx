import type { BacktestOut } from '@/api/generated'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import { Chart } from '@/charts/chart'
import type { Ink } from '@/charts/ink'
import { count, percent, short } from '@/format/number'
import { Interval } from '@/parts/interval'

const TRUST = {
  good: { look: 'bg-good-soft text-good', words: 'The log can tell.' },
  weak: { look: 'bg-warn-soft text-warn', words: 'The log tells little: these intervals decide nothing.' },
  abstains: { look: 'bg-warn-soft text-warn', words: 'The log cannot tell what would have happened.' },
} as const

/** What a rule would have changed: figures with intervals, what it meets by day, and what the replay cannot say. */
export function BacktestResult({ result }: { result: BacktestOut }) {
  const trust = TRUST[result.trust]
  const money = (number: number) => `${result.reporting_currency ?? ''} ${short(number)}`.trim()
  const signed = (number: number) => (number > 0 ? `+${short(number)}` : short(number))
  return (
    <section aria-label="Backtest" className="flex flex-col gap-3 rounded-lg border p-3">
      <p className="text-ink-2">
        Over {Math.round((Date.parse(result.until) - Date.parse(result.since)) / 86_400_000)} days it fires for <b className="num">{count(result.attempts)}</b> attempts of{' '}
        <b className="num">{count(result.payments)}</b> payments ({money(result.value)}) and changes <b className="num">{count(result.changed)}</b> of them. Replayed in{' '}
        <span className="num">{result.seconds.toFixed(2)} s</span>.
      </p>
      <p className={`rounded-md px-2 py-1 text-xs ${trust.look}`}>
        {trust.words}
        {result.support !== null && result.effective_attempts !== null && ` Overlap ${percent(result.support, 0)}, worth ${count(Math.round(result.effective_attempts))} attempts.`}
      </p>
      {result.effect && (
        <div>
          <Interval label="Approvals" {...result.effect.approvals} show={signed} moreIsGood />
          <Interval label="Approved value" {...result.effect.value} show={money} moreIsGood />
          <Interval label="Frauds reported" {...result.effect.frauds} show={signed} moreIsGood={false} />
          <Interval label="Fraud value" {...result.effect.fraud_value} show={money} moreIsGood={false} />
          <Interval label="Scheme fees" {...result.effect.scheme_fees} show={money} moreIsGood={false} />
        </div>
      )}
      {result.days.length > 1 && <Chart label={`Attempts the rule meets on each of ${result.days.length} days, and how many of them were approved`} height={150} option={(ink) => pictured(result, ink)} />}
      <ul className="list-disc pl-4 text-xs text-ink-3">
        {result.told.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  )
}

function pictured(result: BacktestOut, ink: Ink) {
  const days = result.days.map((one) => one.day)
  return {
    ...base(ink),
    tooltip: {
      ...(base(ink).tooltip as object),
      trigger: 'axis',
      formatter: ([at]: { dataIndex: number }[]) => {
        const one = result.days[at?.dataIndex ?? 0]
        return one ? tip(one.day, [['Fires for', count(one.attempts)], ['Approved', count(one.approved)], ['Answered', count(one.answered)]]) : ''
      },
    },
    xAxis: categoryAxis(ink, days),
    yAxis: valueAxis(ink, { scale: false }),
    series: [
      { type: 'bar', stack: 'met', name: 'Approved', data: result.days.map((one) => one.approved), color: ink.series[0] },
      { type: 'bar', stack: 'met', name: 'Other', data: result.days.map((one) => one.attempts - one.approved), color: ink.faint },
    ],
  }
}
