import type { EChartsCoreOption } from 'echarts/core'

import type { Ink } from './ink'

export type Option = EChartsCoreOption

const FONT = "'Inter Variable', system-ui, sans-serif"

/** What all charts share: type, grid lines, tooltip. */
export const base = (ink: Ink): Option => ({
  animationDuration: 250,
  animationDurationUpdate: 250,
  color: ink.series,
  textStyle: { fontFamily: FONT, fontSize: 11, color: ink.quiet },
  grid: { left: 4, right: 12, top: 14, bottom: 4, containLabel: true },
  aria: { enabled: false },
  tooltip: {
    confine: true,
    backgroundColor: ink.card,
    borderColor: ink.faint,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: ink.ink, fontSize: 12, fontFamily: FONT },
    extraCssText: 'border-radius:8px;box-shadow:0 8px 24px rgb(0 0 0 / .14);',
  },
})

export const axisLine = (ink: Ink) => ({ lineStyle: { color: ink.faint } })

export const valueAxis = (ink: Ink, more: object = {}) => ({
  type: 'value',
  scale: true,
  splitNumber: 4,
  axisLabel: { color: ink.quiet, fontSize: 11 },
  splitLine: { lineStyle: { color: ink.line } },
  ...more,
})

export const categoryAxis = (ink: Ink, data: readonly string[], more: object = {}) => ({
  type: 'category',
  data,
  axisLine: axisLine(ink),
  axisTick: { show: false },
  axisLabel: { color: ink.quiet, fontSize: 11, hideOverlap: true },
  ...more,
})

/** A tooltip as elements of the page: no markup from data, no inline style. */
export function tip(title: string, rows: readonly (readonly [string, string])[], note?: string): HTMLElement {
  const box = document.createElement('div')
  box.className = 'tip'
  const add = (parent: HTMLElement, tag: string, className: string, text: string) => {
    const one = document.createElement(tag)
    one.className = className
    one.textContent = text
    parent.append(one)
    return one
  }
  add(box, 'b', '', title)
  for (const [name, value] of rows) {
    const row = add(box, 'div', 'row', '')
    add(row, 'span', 'quiet', name)
    add(row, 'span', '', value)
  }
  if (note) add(box, 'div', 'quiet', note)
  return box
}
