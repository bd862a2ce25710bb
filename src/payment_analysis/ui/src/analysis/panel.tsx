import type { UseQueryOptions } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { ChannelOut, FormatOut, WidgetDataOut, WidgetOut } from '@/api/generated'
import type { Meaning } from '@/lakeview/frame'
import type { RowTools } from '@/lakeview/grid-table'
import type { Cell } from '@/lakeview/values'
import { Widget } from '@/lakeview/widget'
import { saveFile } from '@/parts/save-file'
import { Card } from '@/parts/card'
import { Problem } from '@/parts/states'
import { isDimension } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export type Row = Record<string, unknown>
type Writing = 'count' | 'share' | 'pct' | 'money' | 'plain'

/** One field of an answer as a panel draws it; `pct` is 0..100 as the documents name it, `share` is 0..1. */
export type Field = { at: string; field: string; label: string; as?: Writing; dimension?: string; scale?: 'temporal' | 'categorical' | 'quantitative' }

export type PanelSpec = { title: string; description: string; kind: string; fields: readonly Field[]; limit?: number; order?: string; grain?: string; keep?: (row: Row) => boolean; layout?: string }

type Props = {
  spec: PanelSpec
  // The answers of the views differ in their rows only.
  // oxlint-disable-next-line typescript/no-explicit-any
  query: UseQueryOptions<any, any, any, any>
  className?: string
  /** What can be done about a row of a table. */
  rowTools?: RowTools
}

/** The rows of a gold view drawn like a widget of a dashboard: same pictures, same clicks, same options. */
export function Panel({ spec, query, className = 'h-80', rowTools }: Props) {
  const { zone, toggle } = useScope()
  const navigate = useNavigate()
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...query, placeholderData: (before: unknown) => before })
  const rows = (data as { rows: Row[] } | undefined)?.rows
  const widget = useMemo(() => widgetOf(spec, rows), [spec, rows])
  const answer = useMemo(() => (rows ? dataOf(spec, rows) : undefined), [spec, rows])
  const pick = ({ dimension, value }: Meaning) => void (isDimension(dimension) && toggle(dimension, value))
  const open = ({ dimension, value }: Meaning) => void navigate({ to: '/transactions', search: ((before: object) => ({ ...before, [dimension]: value })) as never })
  if (error && !data) {
    return (
      <Card title={spec.title} className={className}>
        <Problem error={error} retry={() => void refetch()} />
      </Card>
    )
  }
  return (
    <div className={className}>
      <Widget widget={widget} data={answer} zone={zone} stale={isPlaceholderData} rowTools={rowTools} onPick={pick} onOpen={open} onCsv={() => saveFile(`${spec.title}.csv`, csvOf(answer), 'text/csv')} />
    </div>
  )
}

function formatOf(as: Writing | undefined, currency: string | null): FormatOut | null {
  const format = { currency: null, decimals: 0, is_exact: false, is_compact: false }
  switch (as) {
    case 'count':
      return { ...format, kind: 'number' }
    case 'share':
    case 'pct':
      return { ...format, kind: 'number-percent', decimals: 1 }
    case 'money':
      return { ...format, kind: 'number-currency', currency, decimals: 2, is_compact: true }
    default:
      return null
  }
}

function widgetOf(spec: PanelSpec, rows: readonly Row[] | undefined): WidgetOut {
  const currency = rows?.find((row) => typeof row.reporting_currency === 'string')?.reporting_currency as string | undefined
  const channels = spec.fields.map(
    (field): ChannelOut => ({ name: field.at, field: field.field, label: field.label, scale: field.scale ?? (field.as ? 'quantitative' : 'categorical'), sort: null, format: formatOf(field.as, currency ?? null), low: null, high: null, dimension: field.dimension ?? null }),
  )
  return { name: spec.title, kind: spec.kind, title: spec.title, description: spec.description, position: { x: 0, y: 0, width: 12, height: 6 }, lines: [], layout: spec.layout ?? null, dataset: null, channels }
}

function dataOf(spec: PanelSpec, rows: readonly Row[]): WidgetDataOut {
  const { order } = spec
  const found = rows.filter((row) => spec.keep?.(row) ?? true)
  const kept = (order ? found.toSorted((a, b) => Number(b[order]) - Number(a[order])) : found).slice(0, spec.limit)
  const cell = (row: Row, field: Field): Cell => {
    const value = row[field.field]
    if (value === null || value === undefined) return null
    if (field.as) return Number(value) / (field.as === 'pct' ? 100 : 1)
    // Standard reasons shout in the data; a label need not.
    return typeof value === 'string' && !field.dimension && /^[A-Z][A-Z0-9_]{3,}$/.test(value) ? value.toLowerCase() : (value as Cell)
  }
  return { name: spec.title, columns: spec.fields.map((field) => ({ name: field.field, type: '' })), rows: kept.map((row) => spec.fields.map((field) => cell(row, field))), is_cut: kept.length < rows.length, grain: spec.grain ?? 'day', value: null, previous: null, sql: '', error: null }
}

function csvOf(data: WidgetDataOut | undefined): string {
  const cell = (value: Cell) => {
    const text = String(value ?? '')
    const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const lines = [(data?.columns ?? []).map((column) => column.name), ...((data?.rows ?? []) as Cell[][])]
  return lines.map((line) => line.map(cell).join(',')).join('\n')
}
