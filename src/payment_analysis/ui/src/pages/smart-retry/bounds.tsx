import { useState } from 'react'

import type { RetryPreviewOut, SchemeLimit } from '@/api/generated'
import { inMajor, money, NOTHING, percent } from '@/format/number'
import { duration } from '@/format/time'
import { label } from '@/format/words'
import { headline } from '@/pages/decisioning/answer'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'

import type { Stop } from './stops'
import { stopsOf } from './stops'

const after = (seconds: number) => (seconds > 0 ? `after ${duration(seconds)}` : 'at once')

/** What a retry would bring by wait and way, and what bounds it. */
export function Bounds({ preview, stale }: { preview: RetryPreviewOut; stale: boolean }) {
  const [wanted, setWanted] = useState<number | null>(null)
  const stops = stopsOf(preview)
  const { decision } = preview
  const start = wanted ?? decision.retry_after_seconds ?? preview.earliest_seconds ?? 0
  const place = Math.max(0, stops.findLastIndex((one) => one.wait <= start))
  const stop = stops[place]
  return (
    <section aria-label="What a retry would bring" className="min-w-0">
      <Card title={headline(decision)} note={preview.decline} stale={stale}>
        <p className="mt-2">{decision.reason}</p>
        <p className="mt-1 text-xs text-ink-3">
          {preview.earliest_seconds === null ? 'No wait makes it allowed.' : `Earliest allowed: ${after(preview.earliest_seconds)}.`} At most {decision.max_attempts} attempts of a payment.
          {decision.fallback ? ` Without a model: ${decision.fallback}.` : ''}
        </p>
        <label className="mt-3 flex flex-col gap-1 text-xs text-ink-3">
          Send it again {after(stop?.wait ?? 0)}
          <input type="range" min={0} max={Math.max(stops.length - 1, 0)} step={1} value={place} aria-valuetext={after(stop?.wait ?? 0)} onChange={(event) => setWanted(stops[Number(event.target.value)]?.wait ?? 0)} className="h-8 accent-accent" />
        </label>
        {stop && <At stop={stop} earliest={preview.earliest_seconds} />}
        <Waits stops={stops} chosen={stop} choose={setWanted} />
        <Limits limits={preview.limits} wait={stop?.wait ?? 0} />
      </Card>
    </section>
  )
}

/** The chosen wait: the chance, each way with its value, and the fees that waiting avoids. */
function At({ stop, earliest }: { stop: Stop; earliest: number | null }) {
  const early = earliest === null || stop.wait < earliest
  return (
    <div className="mt-1 flex flex-col gap-1" aria-live="polite">
      <p>
        <span className="num text-lg font-semibold">{stop.chance === null ? NOTHING : percent(stop.chance)}</span>{' '}
        <span className="text-ink-3">{stop.chance === null ? 'no model says how likely it is after this wait' : 'likely to be approved by the same route'}</span>
      </p>
      {stop.options.map((one) => (
        <p key={one.action} className={one.is_eligible ? '' : 'text-ink-3'}>
          {label(one.action.split('@')[0])}: {one.net_value === null ? 'allowed, not valued' : `${inMajor(one.net_value, 'EUR')} expected`}
          {one.approval === null ? '' : `, ${percent(one.approval)} likely`}
          {one.is_eligible ? '' : ` (${one.why})`}
        </p>
      ))}
      {early && <p className="text-warn">{earliest === null ? 'It must not be sent again.' : 'Earlier than decline, house and schemes allow.'}</p>}
      {stop.broken.map((one) => (
        <p key={one.rule} className="text-bad">
          Would break {label(one.rule)}
          {fee(one) ? `: waiting avoids a fee of ${fee(one)}` : ''}.
        </p>
      ))}
    </div>
  )
}

function Waits({ stops, chosen, choose }: { stops: readonly Stop[]; chosen: Stop | undefined; choose: (wait: number) => void }) {
  const best = (stop: Stop) => stop.options.filter((one) => one.net_value !== null).toSorted((a, b) => (b.net_value ?? 0) - (a.net_value ?? 0))[0]
  return (
    <div className="mt-3">
      <DataTable
        label="By wait"
        rows={stops}
        rowKey={(stop) => String(stop.wait)}
        maxHeight="16rem"
        columns={[
          {
            key: 'wait',
            title: 'Sent again',
            cell: (stop) => (
              <button type="button" aria-pressed={stop === chosen} className={`hover:underline ${stop === chosen ? 'font-semibold text-accent-ink' : ''}`} onClick={() => choose(stop.wait)}>
                {after(stop.wait)}
              </button>
            ),
          },
          { key: 'chance', title: 'Chance', right: true, cell: (stop) => (stop.chance === null ? NOTHING : percent(stop.chance)) },
          { key: 'way', title: 'Best way', cell: (stop) => (best(stop) ? label(best(stop)?.action.split('@')[0]) : NOTHING) },
          { key: 'net', title: 'Expected', right: true, note: 'Expected net value of the best way.', cell: (stop) => (best(stop) ? inMajor(best(stop)?.net_value ?? 0, 'EUR') : NOTHING) },
          { key: 'limits', title: 'Breaks', cell: (stop) => (stop.broken.length === 0 ? '' : stop.broken.map((one) => label(one.rule)).join(', ')) },
        ]}
      />
    </div>
  )
}

const fee = (limit: SchemeLimit) => (limit.fee_minor === null || limit.fee_currency === null ? null : money({ amount_minor: limit.fee_minor, currency: limit.fee_currency }))

function Limits({ limits, wait }: { limits: readonly SchemeLimit[]; wait: number }) {
  if (limits.length === 0) return <p className="mt-3 text-xs text-ink-3">No retry programme of this network is known to us; the limits of the house hold.</p>
  return (
    <div className="mt-4">
      <h3 className="mb-1 text-xs font-medium text-ink-3">Limits of the network</h3>
      <ul className="flex flex-col divide-y text-xs">
        {limits.map((one) => (
          <li key={`${one.rule} ${one.source} ${one.window_hours}`} className="py-1.5">
            <p className={one.allowed_after_seconds === null || one.allowed_after_seconds > wait ? 'text-bad' : ''}>
              {label(one.rule)}: {one.counted} counted, {one.attempts_max} allowed {one.window_hours === null ? 'ever' : `in ${duration(one.window_hours * 3600)}`}
              {one.allowed_after_seconds === null ? '; no wait keeps it' : one.allowed_after_seconds > 0 ? `; kept again ${after(one.allowed_after_seconds)}` : ''}
              {fee(one) ? `; ${fee(one)} for each attempt over it` : '; no fee is published'}
            </p>
            <p className="text-ink-3">{one.source}</p>
          </li>
        ))}
      </ul>
    </div>
  )
}
