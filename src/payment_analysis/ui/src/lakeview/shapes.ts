import type { Option } from '@/charts/base'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import type { Ink } from '@/charts/ink'
import { percent } from '@/format/number'

import type { Frame } from './frame'
import { distinct, leading, meaningOf, number } from './frame'
import { tick, written } from './values'

export function pie(frame: Frame, ink: Ink): Option {
  const [angle, colour] = [frame.channel('angle'), frame.channel('color')]
  if (!angle || !colour) return base(ink)
  const kept = leading(frame, colour, angle)
  const sum = frame.rows.reduce((all, row) => all + (number(frame.at(row, angle)) ?? 0), 0)
  const slices = kept.map((key) => ({
    name: written(key, colour.format, frame.zone, colour.field),
    value: frame.rows.filter((row) => frame.at(row, colour) === key).reduce((all, row) => all + (number(frame.at(row, angle)) ?? 0), 0),
    meaning: meaningOf(colour, key),
  }))
  const rest = sum - slices.reduce((all, slice) => all + slice.value, 0)
  const data = rest > sum * 1e-9 ? [...slices, { name: 'Others', value: rest, meaning: undefined }] : slices
  return {
    ...base(ink),
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { name: string; value: number }) => tip(item.name, [[angle.label, written(item.value, angle.format, frame.zone)], ['Share', percent(sum ? item.value / sum : null)]]) },
    series: [{ type: 'pie', radius: ['46%', '72%'], center: ['50%', '50%'], itemStyle: { borderColor: ink.card, borderWidth: 2 }, label: { color: ink.ink, fontSize: 11, formatter: (item: { name: string; value: number }) => `${item.name} ${percent(sum ? item.value / sum : null, 0)}` }, labelLine: { length: 8, length2: 6, lineStyle: { color: ink.faint } }, data }],
  }
}

export function scatter(frame: Frame, ink: Ink): Option {
  const [x, y, size, colour] = [frame.channel('x'), frame.channel('y'), frame.channel('size'), frame.channel('color')]
  if (!x || !y) return base(ink)
  const largest = Math.max(1, ...frame.rows.map((row) => (size ? (number(frame.at(row, size)) ?? 0) : 1)))
  const data = frame.rows.map((row) => ({
    name: colour ? written(frame.at(row, colour), colour.format, frame.zone, colour.field) : '',
    value: [frame.at(row, x), frame.at(row, y)],
    symbolSize: size ? 6 + 22 * Math.sqrt((number(frame.at(row, size)) ?? 0) / largest) : 11,
    meaning: meaningOf(colour, colour ? frame.at(row, colour) : null),
    rows: [x, y, ...(size ? [size] : [])].map((one) => [one.label, written(frame.at(row, one), one.format, frame.zone)] as const),
  }))
  const axis = (channel: typeof x, more: object) => valueAxis(ink, { name: channel.label, nameTextStyle: { color: ink.quiet, fontSize: 11 }, axisLabel: { color: ink.quiet, hideOverlap: true, formatter: (value: number) => tick(value, channel.format) }, ...more })
  return {
    ...base(ink),
    grid: { left: 4, right: 20, top: 26, bottom: 22, containLabel: true },
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { data: (typeof data)[number] }) => tip(item.data.name, item.data.rows) },
    xAxis: axis(x, { nameLocation: 'middle', nameGap: 26 }),
    yAxis: axis(y, { nameLocation: 'end', nameTextStyle: { color: ink.quiet, fontSize: 11, align: 'left' } }),
    series: [{ type: 'scatter', color: ink.series[0], itemStyle: { opacity: 0.7 }, data, label: { show: data.length <= 12, formatter: '{b}', position: 'right', color: ink.quiet, fontSize: 11 }, labelLayout: { hideOverlap: true } }],
  }
}

export function heatmap(frame: Frame, ink: Ink): Option {
  const [x, y, colour] = [frame.channel('x'), frame.channel('y'), frame.channel('color')]
  if (!x || !y || !colour) return base(ink)
  const [across, down] = [x, y].map((one) => distinct(frame.rows.map((row) => frame.at(row, one))))
  if (!across || !down) return base(ink)
  const values = frame.rows.flatMap((row) => number(frame.at(row, colour)) ?? [])
  const data = frame.rows.map((row) => ({
    value: [across.indexOf(frame.at(row, x)), down.indexOf(frame.at(row, y)), number(frame.at(row, colour)) ?? '-'],
    meaning: meaningOf(x, frame.at(row, x)) ?? meaningOf(y, frame.at(row, y)),
    title: `${written(frame.at(row, y), y.format, frame.zone, y.field)}, ${written(frame.at(row, x), x.format, frame.zone, x.field)}`,
    text: written(frame.at(row, colour), colour.format, frame.zone),
  }))
  const names = (cells: typeof across, channel: typeof x) => cells.map((cell) => written(cell, channel.format, frame.zone, channel.field))
  const few = data.length <= 80
  return {
    ...base(ink),
    grid: { left: 4, right: 8, top: 6, bottom: 4, containLabel: true },
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { data: (typeof data)[number] }) => tip(item.data.title, [[colour.label, item.data.text]]) },
    xAxis: categoryAxis(ink, names(across, x), { splitArea: { show: false } }),
    yAxis: categoryAxis(ink, names(down, y), { inverse: true, axisLabel: { color: ink.quiet, fontSize: 11, width: 130, overflow: 'truncate', interval: 0 } }),
    visualMap: { show: false, min: Math.min(...values), max: Math.max(...values), inRange: { color: [ink.page, ink.accent] } },
    series: [{ type: 'heatmap', data, itemStyle: { borderColor: ink.card, borderWidth: 1 }, label: { show: few, fontSize: 11, color: ink.ink, textBorderColor: ink.card, textBorderWidth: 2, formatter: (item: { value: (number | string)[] }) => (typeof item.value[2] === 'number' ? tick(item.value[2], colour.format) : '') } }],
  }
}

export function sankey(frame: Frame, ink: Ink): Option {
  const [stages, value] = [frame.all('stages'), frame.channel('value')]
  if (stages.length < 2 || !value) return base(ink)
  const links = new Map<string, { source: string; target: string; value: number }>()
  const nodes = new Map<string, { name: string; depth: number; shown: string; meaning: unknown }>()
  for (const row of frame.rows) {
    stages.forEach((stage, depth) => {
      const cell = frame.at(row, stage)
      nodes.set(`${depth} ${String(cell)}`, { name: `${depth} ${String(cell)}`, depth, shown: written(cell, stage.format, frame.zone, stage.field), meaning: meaningOf(stage, cell) })
      const next = stages[depth + 1]
      if (!next) return
      const [source, target] = [`${depth} ${String(cell)}`, `${depth + 1} ${String(frame.at(row, next))}`]
      const link = links.get(`${source}>${target}`) ?? { source, target, value: 0 }
      link.value += number(frame.at(row, value)) ?? 0
      links.set(`${source}>${target}`, link)
    })
  }
  const shown = (name: string) => nodes.get(name)?.shown ?? name
  return {
    ...base(ink),
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { name: string; value: number; data: { source?: string; target?: string } }) => tip(item.data.source ? `${shown(item.data.source)} to ${shown(item.data.target ?? '')}` : shown(item.name), [['Attempts', written(item.value, value.format, frame.zone)]]) },
    series: [{ type: 'sankey', left: 4, right: 90, top: 8, bottom: 8, nodeWidth: 10, nodeGap: 8, draggable: false, data: [...nodes.values()], links: [...links.values()], lineStyle: { color: 'source', opacity: 0.25 }, label: { color: ink.ink, fontSize: 11, formatter: (item: { name: string }) => shown(item.name) } }],
  }
}

export function map(frame: Frame, ink: Ink): Option {
  const [region, colour, extra] = [frame.channel('region'), frame.channel('color'), frame.channel('extra')]
  if (!region || !colour) return base(ink)
  const values = frame.rows.flatMap((row) => number(frame.at(row, colour)) ?? [])
  const data = frame.rows.map((row) => ({
    name: String(frame.at(row, region)),
    value: number(frame.at(row, colour)) ?? undefined,
    meaning: meaningOf(region, frame.at(row, region)),
    rows: [colour, ...(extra ? [extra] : [])].map((one) => [one.label, written(frame.at(row, one), one.format, frame.zone)] as const),
  }))
  return {
    ...base(ink),
    tooltip: { ...(base(ink).tooltip as object), formatter: (item: { name: string; data?: (typeof data)[number] }) => tip(written(item.name, null, frame.zone, 'country'), item.data?.rows ?? [], item.data ? undefined : 'No attempts') },
    visualMap: { left: 4, bottom: 4, min: Math.min(...values), max: Math.max(...values), itemWidth: 10, itemHeight: 70, textStyle: { color: ink.quiet, fontSize: 10 }, inRange: { color: [ink.faint, ink.accent] }, text: [tick(Math.max(...values), colour.format), tick(Math.min(...values), colour.format)] },
    series: [{ type: 'map', map: 'world', roam: true, aspectScale: 0.85, layoutCenter: ['50%', '54%'], layoutSize: '155%', data, label: { show: false }, itemStyle: { areaColor: ink.page, borderColor: ink.faint, borderWidth: 0.5 }, emphasis: { label: { show: false }, itemStyle: { areaColor: ink.warn } }, select: { disabled: true } }],
  }
}
