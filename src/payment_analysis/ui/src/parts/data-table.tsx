import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMemo, useState } from 'react'

export type Column<Row> = {
  key: string
  title: ReactNode
  /** Numbers stand right, so that their digits align. */
  right?: boolean
  cell: (row: Row) => ReactNode
  /** What it is sorted by; without it the column cannot be sorted. */
  sort?: (row: Row) => number | string | null
  note?: string
}

type Props<Row> = {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row, place: number) => string
  label: string
  onRow?: ((row: Row) => void) | undefined
  maxHeight?: string
}

export function DataTable<Row>({ columns, rows, rowKey, label, onRow, maxHeight }: Props<Row>) {
  const [by, setBy] = useState<{ key: string; down: boolean } | null>(null)
  const sorted = useMemo(() => {
    const sort = columns.find((column) => column.key === by?.key)?.sort
    if (!by || !sort) return rows
    return rows.toSorted((a, b) => compared(sort(a), sort(b)) * (by.down ? -1 : 1))
  }, [rows, by, columns])
  return (
    <div className="-mx-4 overflow-auto" style={{ maxHeight }} tabIndex={0} role="region" aria-label={label}>
      <table className="w-full border-collapse text-[13px]">
        <thead className="sticky top-0 z-[1] bg-card">
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} by={by} onSort={setBy} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, place) => (
            <tr
              key={rowKey(row, place)}
              className={`border-t ${onRow ? 'cursor-pointer hover:bg-page' : ''}`}
              onClick={onRow && (() => onRow(row))}
            >
              {columns.map((column) => (
                <td key={column.key} className={`px-2 py-1.5 first:pl-4 last:pr-4 ${column.right ? 'num text-right whitespace-nowrap' : ''}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Head<Row>({ column, by, onSort }: { column: Column<Row>; by: { key: string; down: boolean } | null; onSort: (by: { key: string; down: boolean }) => void }) {
  if (column.title === '') return <td>{'\u00a0'}</td> // a column of buttons: they name themselves
  const isBy = by?.key === column.key
  const Arrow = by?.down ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      title={column.note}
      aria-sort={isBy ? (by.down ? 'descending' : 'ascending') : undefined}
      className={`px-2 py-1.5 text-xs font-medium whitespace-nowrap text-ink-3 first:pl-4 last:pr-4 ${column.right ? 'text-right' : 'text-left'}`}
    >
      {column.sort ? (
        <button type="button" className="inline-flex items-center gap-1 hover:text-ink" onClick={() => onSort({ key: column.key, down: isBy ? !by.down : Boolean(column.right) })}>
          {column.title}
          {isBy && <Arrow aria-hidden size={12} />}
        </button>
      ) : (
        column.title
      )}
    </th>
  )
}

function compared(a: number | string | null, b: number | string | null): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}
