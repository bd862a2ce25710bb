import { change, points } from '@/format/number'
import { Delta } from '@/parts/delta'
import { Spark } from '@/parts/spark'

import type { Frame } from './frame'
import { number } from './frame'
import { isInstant, written } from './values'

const LESS_IS_BETTER = /declin|lost|fraud|error|alert|blocked|slow|latency|answer time|rejected|over limit|unanswered|age|null|duplicate/i
const MORE_IS_BETTER = /approv|recover|success|accept|uplift|retention/i

/** Which direction is good, by the words of the title; where they say nothing, the change gets no colour. */
export function better(title: string): 'more' | 'less' | undefined {
  if (LESS_IS_BETTER.test(title)) return 'less'
  return MORE_IS_BETTER.test(title) ? 'more' : undefined
}

export function Counter({ frame }: { frame: Frame }) {
  const [value, period] = [frame.channel('value'), frame.channel('period')]
  if (!value) return null
  const { data, widget, zone } = frame
  const now = data.value ?? frame.rows[0]?.[0] ?? null
  const isShare = value.format?.kind === 'number-percent'
  const shown = written(now, value.format, zone, value.field)
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className={`num font-semibold tracking-tight ${isInstant(now) || shown.length > 14 ? 'text-base' : 'text-2xl'}`}>{shown}</span>
        {typeof now === 'number' && typeof data.previous === 'number' && <Compared now={now} before={data.previous} isShare={isShare} title={widget.title} />}
      </div>
      <p className="truncate text-xs text-ink-3">{data.previous !== null && typeof data.previous === 'number' ? `before ${written(data.previous, value.format, zone)}` : widget.description}</p>
      {period && <Spark values={frame.rows.map((row) => number(frame.at(row, value)))} className="mt-auto" />}
    </div>
  )
}

function Compared({ now, before, isShare, title }: { now: number; before: number; isShare: boolean; title: string }) {
  const text = isShare ? points(now - before) : change(now, before)
  const direction = /[1-9]/.test(text) ? Math.sign(now - before) : 0
  return <Delta direction={direction} text={text} better={better(title)} />
}
