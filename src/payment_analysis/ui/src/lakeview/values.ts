import type { ChannelOut, FormatOut } from '@/api/generated'
import { count, NOTHING, percent, short } from '@/format/number'
import { clock, day, dayYear, moment } from '@/format/time'
import { country, label } from '@/format/words'

export type Cell = string | number | boolean | null

const INSTANT = /^\d{4}-\d{2}-\d{2}(T|$)/

export const isInstant = (cell: Cell): cell is string => typeof cell === 'string' && INSTANT.test(cell)

/** A local time of the lakehouse has no zone and is shown as it is; an instant is shown in the zone of the page. */
const zoneOf = (cell: string, zone: string) => (/Z|[+-]\d{2}:\d{2}$/.test(cell.slice(10)) ? zone : 'UTC')
const parsed = (cell: string) => (/Z|[+-]\d{2}:\d{2}$/.test(cell.slice(10)) || cell.length === 10 ? cell : `${cell}Z`)

/** One cell as its file wants it written. */
export function written(cell: Cell, format: FormatOut | null | undefined, zone: string, field = ''): string {
  if (cell === null || cell === undefined) return NOTHING
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (typeof cell === 'number') return figure(cell, format)
  if (isInstant(cell)) return format?.kind === 'date' ? dayYear(parsed(cell), zoneOf(cell, zone)) : time(cell, zone)
  return /country/.test(field) ? country(cell) : label(cell)
}

function time(cell: string, zone: string): string {
  const shown = zoneOf(cell, zone)
  const midnight = clock(parsed(cell), shown) === '00:00'
  return midnight ? dayYear(parsed(cell), shown) : moment(parsed(cell), shown)
}

export function figure(value: number, format: FormatOut | null | undefined): string {
  if (!format) return Number.isInteger(value) ? count(value) : value.toLocaleString('en', { maximumFractionDigits: 2 })
  if (format.kind === 'number-percent') return percent(value, format.decimals ?? 1)
  const digits = format.decimals ?? 2
  const text = format.is_compact && Math.abs(value) >= 1000
    ? short(value)
    : value.toLocaleString('en', { minimumFractionDigits: format.is_exact ? digits : 0, maximumFractionDigits: digits, useGrouping: format.kind !== 'number-plain' })
  return format.currency ? `${format.currency} ${text}` : text.replace('-', '\u2212')
}

/** The same, as short as an axis needs it. */
export function tick(value: number, format: FormatOut | null | undefined): string {
  if (format?.kind === 'number-percent') return percent(value, Math.abs(value) < 0.1 && value !== 0 ? 1 : 0)
  return Math.abs(value) >= 1000 ? short(value) : String(Number(value.toPrecision(3)))
}

export function axisTime(cell: Cell, zone: string, grain: string | null): string {
  if (!isInstant(cell)) return written(cell, null, zone)
  const shown = zoneOf(cell, zone)
  if (grain === 'minute' || grain === 'second') return clock(parsed(cell), shown)
  return grain === 'hour' ? `${day(parsed(cell), shown)} ${clock(parsed(cell), shown)}` : day(parsed(cell), shown)
}

export const channels = (all: readonly ChannelOut[], ...names: string[]) => all.filter((one) => names.includes(one.name))
