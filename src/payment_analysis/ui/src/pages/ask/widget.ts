import type { Answer, AnswerColumn, ChannelOut, FormatOut, WidgetDataOut, WidgetOut } from '@/api/generated'
import type { Cell } from '@/lakeview/values'
import { isDimension } from '@/scope/search'

const GRAINS = new Set(['hour', 'day', 'week', 'month'])
const PLAIN = { currency: null, decimals: 0, is_exact: false, is_compact: false }

/** How the figures of a unit are written; differences of ratios are shown in points, so they come as numbers. */
function formatOf(column: AnswerColumn, currency: string): FormatOut | null {
  switch (column.unit) {
    case 'ratio':
      return { ...PLAIN, kind: 'number-percent', decimals: 1 }
    case 'money':
      return { ...PLAIN, kind: 'number-currency', currency, decimals: 2 }
    case 'score':
      return { ...PLAIN, kind: 'number', decimals: 3, is_exact: true }
    case 'difference':
    case 'bps':
      return { ...PLAIN, kind: 'number', decimals: 1, is_exact: true }
    case 'number':
      return { ...PLAIN, kind: 'number', decimals: 2 }
    case null:
      return null
    default:
      return { ...PLAIN, kind: 'number' }
  }
}

function channelOf(at: string, column: AnswerColumn, currency: string): ChannelOut {
  const scale = column.unit ? 'quantitative' : GRAINS.has(column.name) ? 'temporal' : 'categorical'
  const unit = column.unit === 'difference' ? ', points' : column.unit === 'bps' ? ', bps' : column.unit === 'ms' ? ', ms' : column.unit === 'seconds' ? ', s' : ''
  return { name: at, field: column.name, label: `${column.label}${unit}`, scale, sort: null, format: formatOf(column, currency), low: null, high: null, dimension: isDimension(column.name) ? column.name : null }
}

const widget = (title: string, kind: string, channels: ChannelOut[]): WidgetOut => ({
  name: title, kind, title, description: '', position: { x: 0, y: 0, width: 12, height: 6 }, lines: [], layout: null, dataset: null, channels,
})

/** The picture that fits an answer: a line over time, bars over values, none for a single figure or a wide table. */
export function pictureOf(answer: Answer): WidgetOut | null {
  const { columns, currency, spec } = answer
  const dimensions = columns.filter((column) => column.role === 'dimension')
  const value = columns.find((column) => column.role === 'value')
  if (!value || answer.rows.length < 2 || (spec?.chart !== 'line' && spec?.chart !== 'bar')) return null
  const time = dimensions.find((column) => GRAINS.has(column.name))
  const across = time ?? dimensions[0]
  const group = dimensions.find((column) => column !== across)
  if (!across) return null
  const channels = [channelOf('x', across, currency), channelOf('y', value, currency), ...(group ? [channelOf('color', group, currency)] : [])]
  return widget('Picture', spec.chart, channels)
}

export const tableOf = (answer: Answer): WidgetOut =>
  widget('Rows', 'table', answer.columns.map((column) => channelOf('columns', column, answer.currency)))

export function dataOf(answer: Answer, name: string): WidgetDataOut {
  const grain = answer.columns.find((column) => GRAINS.has(column.name))?.name ?? 'day'
  const rows = (answer.rows as Cell[][]).map((row) =>
    row.map((cell, place) => (answer.columns[place]?.unit === 'difference' && typeof cell === 'number' ? 100 * cell : cell)),
  )
  return { name, columns: answer.columns.map((column) => ({ name: column.name, type: '' })), rows, is_cut: answer.is_cut, grain, value: null, previous: null, sql: answer.sql, error: null }
}

/** The rows for a spreadsheet; text that one would run as a formula is quoted. */
export function csvOf(answer: Answer): string {
  const cell = (value: Cell) => {
    const text = String(value ?? '')
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [answer.columns.map((column) => column.name), ...(answer.rows as Cell[][])].map((line) => line.map(cell).join(',')).join('\n')
}
