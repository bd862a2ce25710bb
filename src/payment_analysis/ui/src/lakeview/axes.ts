import type { ChannelOut } from '@/api/generated'
import type { Option } from '@/charts/base'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import type { Ink } from '@/charts/ink'

import type { Frame } from './frame'
import { distinct, leading, meaningOf, number } from './frame'
import type { Cell } from './values'
import { axisTime, tick, written } from './values'

type Series = { name: string; measure: ChannelOut; group?: ChannelOut | undefined; key: Cell; values: (number | null)[]; second: boolean }

/** Bars, lines, areas and both together: one axis of names or times, one or two of measures. */
export function axes(frame: Frame, ink: Ink): Option {
  const { widget, zone, data } = frame
  const lying = widget.kind === 'bar' && frame.channel('y')?.scale !== 'quantitative'
  const along = frame.channel(lying ? 'y' : 'x')
  const measures = frame.all(lying ? 'x' : 'y', 'y2')
  if (!along) return base(ink)
  const temporal = along.scale === 'temporal'
  const met = distinct(frame.rows.map((row) => frame.at(row, along)))
  const places = temporal ? met.toSorted(earlier) : met // time runs to the right, in whatever order rows come
  const series = seriesOf(frame, along, places, measures)
  const names = places.map((place) => (temporal ? axisTime(place, zone, data.grain) : written(place, along.format, zone, along.field)))
  const placed = categoryAxis(ink, names, {
    boundaryGap: widget.kind === 'bar' || widget.kind === 'combo',
    inverse: lying,
    axisLabel: { color: lying ? ink.ink : ink.quiet, fontSize: 11, hideOverlap: true, ...(lying ? { width: 132, overflow: 'truncate' } : temporal || places.length > 8 ? {} : { interval: 0, width: 84, overflow: 'truncate' }) },
  })
  const scaled = measures.filter((one) => one.name !== 'y2').concat(measures).map((measure) => scale(measure, ink, widget.kind, lying, largest(series)))
  const second = measures.find((one) => one.name === 'y2')
  const first = { ...scaled[0], ...(widget.layout === 'percent-stack' ? { max: 1 } : {}) }
  const measured = second ? [first, { ...scale(second, ink, 'line', lying, 2), splitLine: { show: false } }] : first
  return {
    ...base(ink),
    legend: series.length > 1 ? { type: 'scroll', top: 0, left: 0, icon: 'roundRect', itemWidth: 10, itemHeight: 10, textStyle: { color: ink.quiet }, pageTextStyle: { color: ink.quiet } } : undefined,
    grid: { left: 4, right: lying ? 52 : 12, top: series.length > 1 ? 32 : 20, bottom: 2, containLabel: true },
    tooltip: { ...(base(ink).tooltip as object), trigger: 'axis', axisPointer: { type: lying ? 'shadow' : 'line', lineStyle: { color: ink.faint } }, formatter: (items: { dataIndex: number }[]) => said(series, names, items[0]?.dataIndex ?? 0, zone) },
    xAxis: lying ? measured : placed,
    yAxis: lying ? placed : measured,
    series: series.map((one, n) => drawn(one, { frame, ink, places, along, lying, many: series.length > 1, n })),
  }
}

const earlier = (a: Cell, b: Cell) => (a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1)

const largest = (series: readonly Series[]) => Math.max(...series.flatMap((one) => one.values.map((value) => value ?? 0)))

function scale(measure: ChannelOut, ink: Ink, kind: string, lying: boolean, most: number): object {
  const ends = { ...(measure.low === null ? {} : { min: measure.low }), ...(measure.high === null ? {} : { max: measure.high }), ...(kind === 'bar' && measure.format?.kind === 'number-percent' && most <= 1 && most > 0.5 ? { max: 1 } : {}) }
  // A bar's length is its value, so it starts at zero; a line may start where it is.
  const axis = valueAxis(ink, { scale: kind === 'line', ...ends, axisLabel: { color: ink.quiet, hideOverlap: true, formatter: (value: number) => tick(value, measure.format) } })
  return lying ? { ...axis, splitNumber: 3 } : axis
}

function seriesOf(frame: Frame, along: ChannelOut, places: readonly Cell[], measures: readonly ChannelOut[]): Series[] {
  const group = frame.channel('color')
  const index = new Map(places.map((place, n) => [place, n]))
  const blank = () => places.map((): number | null => null)
  if (!group || group.field === along.field) {
    return measures.map((measure) => {
      const values = blank()
      for (const row of frame.rows) values[index.get(frame.at(row, along)) ?? 0] = number(frame.at(row, measure))
      return { name: measure.label, measure, key: measure.field, values, second: measure.name === 'y2' }
    })
  }
  const [measure] = measures
  if (!measure) return []
  const kept = leading(frame, group, measure)
  const adds = measure.format?.kind !== 'number-percent'
  const found = new Map<Cell, Series>()
  for (const row of frame.rows) {
    const own = frame.at(row, group)
    const isKept = kept.includes(own)
    if (!isKept && !adds) continue // rates of small groups do not add up to a rate of "others"
    const key = isKept ? own : 'Others'
    const one = found.get(key) ?? { name: isKept ? written(own, group.format, frame.zone, group.field) : 'Others', measure, group: isKept ? group : undefined, key, values: blank(), second: false }
    const place = index.get(frame.at(row, along)) ?? 0
    const value = number(frame.at(row, measure))
    one.values[place] = value === null ? one.values[place] ?? null : (one.values[place] ?? 0) + value
    found.set(key, one)
  }
  return [...found.values()]
}

type Look = { frame: Frame; ink: Ink; places: readonly Cell[]; along: ChannelOut; lying: boolean; many: boolean; n: number }

function drawn(one: Series, { frame, ink, places, along, lying, many, n }: Look): object {
  const { kind, layout } = frame.widget
  const bar = kind === 'bar' || (kind === 'combo' && !one.second)
  const stacked = layout === 'stack' || layout === 'percent-stack'
  const total = (place: number) => (layout === 'percent-stack' ? one.values[place] : one.values[place])
  const colour = ink.series[n % ink.series.length]
  const marks = one.values.map((_, place) => ({
    value: total(place),
    meaning: meaningOf(along, places[place] ?? null) ?? meaningOf(one.group, one.key),
    at: along.scale === 'temporal' ? places[place] : undefined,
  }))
  const shared = { name: one.name, data: marks, color: colour, stack: stacked ? 'all' : undefined, yAxisIndex: one.second ? 1 : 0, emphasis: { focus: many ? 'series' : 'none' } }
  if (bar) {
    const label = { show: !many && places.length <= 16, position: lying ? 'right' : 'top', color: ink.quiet, fontSize: 11, formatter: (item: { value: number }) => tick(item.value, one.measure.format) }
    return { ...shared, type: 'bar', barMaxWidth: 22, itemStyle: { borderRadius: stacked ? 0 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0] }, label }
  }
  return {
    ...shared,
    type: 'line',
    symbolSize: 5,
    showSymbol: places.length < 3,
    lineStyle: { width: stacked ? 1 : 1.8, type: n > 0 && !one.group && !stacked && kind === 'line' ? (['solid', 'dashed', 'dotted'] as const)[n % 3] : 'solid' },
    areaStyle: kind === 'area' ? { opacity: stacked ? 0.55 : 0.14 } : undefined,
    sampling: 'lttb',
  }
}

function said(series: readonly Series[], names: readonly string[], place: number, zone: string): HTMLElement {
  const rows = series.map((one) => [one.name, written(one.values[place] ?? null, one.measure.format, zone)] as const)
  return tip(names[place] ?? '', rows)
}
