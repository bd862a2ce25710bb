import type { StandingOut } from '@/api/generated'
import type { Option } from '@/charts/base'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import type { Ink } from '@/charts/ink'
import { percent, points } from '@/format/number'
import { valueName } from '@/format/words'

import type { Step } from './movement'

/** Bars that stand on each other's ends: before, one step per group, now. */
export function waterfall({ before, now }: StandingOut, steps: readonly Step[], dimension: string, ink: Ink): Option {
  const [from, to] = [100 * (before?.payment.rate ?? 0), 100 * (now.payment.rate ?? 0)]
  let level = from
  const spans = steps.map((step) => {
    const start = level
    level += 100 * step.effect
    return [Math.min(start, level), Math.max(start, level)] as const
  })
  const ends = [from, to, ...spans.flat()]
  const room = Math.max(0.02, (Math.max(...ends) - Math.min(...ends)) * 0.25)
  const floor = Math.min(...ends) - room
  const whole = (value: number) => ({ value: value - floor, itemStyle: { color: ink.series[7], borderRadius: [0, 3, 3, 0] }, label: { formatter: `${value.toFixed(1)} %`, fontWeight: 600, color: ink.ink } })
  const bars = steps.map((step, n) => {
    const [low, high] = spans[n] ?? [0, 0]
    const colour = step.effect < 0 ? ink.bad : ink.good
    return { value: Math.max(high - low, room / 60), itemStyle: { color: colour, borderRadius: 2 }, label: { formatter: points(step.effect, 2).replace(/\s*pp$/, ''), color: ink.quiet } }
  })
  return {
    ...base(ink),
    grid: { left: 4, right: 44, top: 4, bottom: 2, containLabel: true },
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { dataIndex: number }) => described(steps[item.dataIndex - 1], dimension) },
    yAxis: categoryAxis(ink, ['Before', ...steps.map((step) => valueName(dimension, step.name)), 'Now'], {
      inverse: true,
      axisLabel: { color: ink.ink, fontSize: 12, width: 110, overflow: 'truncate' },
    }),
    xAxis: valueAxis(ink, { min: 0, max: Math.max(...ends) + room - floor, axisLabel: { color: ink.quiet, hideOverlap: true, formatter: (value: number) => `${(value + floor).toFixed(1)} %` } }),
    series: [
      { type: 'bar', stack: 'bridge', silent: true, itemStyle: { color: 'transparent' }, data: [0, ...spans.map(([low]) => low - floor), 0] },
      { type: 'bar', stack: 'bridge', barMaxWidth: 22, label: { show: true, position: 'right', fontSize: 11 }, data: [whole(from), ...bars, whole(to)] },
    ],
  }
}

function described(step: Step | undefined, dimension: string): HTMLElement | string {
  if (!step) return ''
  const [part] = step.parts
  if (!part || step.parts.length > 1) return tip(step.name, [['Effect', points(step.effect, 2)]])
  const rows = [
    ['Before', percent(part.before.rate)],
    ['Now', percent(part.now.rate)],
    ['By its rate', points(part.by_rate, 2)],
    ['By its share', points(part.by_mix, 2)],
  ] as const
  return tip(valueName(dimension, step.name), rows, part.gap?.is_proven ? 'Its rate changed beyond chance. Click to filter.' : 'Its rate did not change beyond chance. Click to filter.')
}
