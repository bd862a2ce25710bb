import type { ChannelOut, WidgetDataOut, WidgetOut } from '@/api/generated'

import type { Cell } from './values'
import { channels } from './values'

/** A widget with its rows, read by channel. */
export type Frame = {
  widget: WidgetOut
  data: WidgetDataOut
  zone: string
  rows: readonly Cell[][]
  channel: (...names: string[]) => ChannelOut | undefined
  all: (...names: string[]) => ChannelOut[]
  at: (row: readonly Cell[], channel: ChannelOut) => Cell
}

export function frameOf(widget: WidgetOut, data: WidgetDataOut, zone: string): Frame {
  const places = new Map(data.columns.map((column, place) => [column.name, place]))
  const all = (...names: string[]) => channels(widget.channels, ...names)
  return {
    widget,
    data,
    zone,
    rows: data.rows as Cell[][],
    all,
    channel: (...names) => all(...names)[0],
    at: (row, channel) => row[places.get(channel.field) ?? -1] ?? null,
  }
}

/** What a click on a mark means: the filter its value sets. */
export type Meaning = { dimension: string; value: string }

export function meaningOf(channel: ChannelOut | undefined, cell: Cell): Meaning | undefined {
  if (!channel?.dimension || cell === undefined) return undefined
  return { dimension: channel.dimension, value: cell === null ? '(none)' : String(cell) }
}

export const distinct = (cells: readonly Cell[]): Cell[] => [...new Set(cells)]

export const number = (cell: Cell): number | null => (typeof cell === 'number' ? cell : null)

export const GROUPS_MAX = 7

/** The groups worth a colour of their own, largest first; the others become one. */
export function leading(frame: Frame, group: ChannelOut, size: ChannelOut | undefined): Cell[] {
  const sums = new Map<Cell, number>()
  for (const row of frame.rows) {
    const key = frame.at(row, group)
    sums.set(key, (sums.get(key) ?? 0) + (size ? Math.abs(number(frame.at(row, size)) ?? 0) : 1))
  }
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, GROUPS_MAX).map(([key]) => key)
}
