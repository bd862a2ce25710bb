import type { ReactNode } from 'react'

import type { ChannelOut } from '@/api/generated'
import type { Column } from '@/parts/data-table'
import { DataTable } from '@/parts/data-table'

import type { Frame, Meaning } from './frame'
import { distinct, meaningOf, number } from './frame'
import type { Cell } from './values'
import { axisTime, written } from './values'

type Props = { frame: Frame; channels: readonly ChannelOut[]; onPick: (meaning: Meaning) => void; maxHeight?: string; rowTools?: RowTools | undefined }

/** What can be done about a row, by its fields. */
export type RowTools = (row: Record<string, Cell>) => ReactNode

/** The rows of a widget as a table; a value that a filter knows is a button that sets it. */
export function GridTable({ frame, channels, onPick, maxHeight = '100%', rowTools }: Props) {
  const columns: Column<readonly Cell[]>[] = channels.map((channel) => ({
    key: channel.field,
    title: channel.label,
    right: frame.rows.some((row) => typeof frame.at(row, channel) === 'number'),
    sort: (row) => sortable(frame.at(row, channel)),
    cell: (row) => {
      const text = written(frame.at(row, channel), channel.format, frame.zone, channel.field)
      const meaning = meaningOf(channel, frame.at(row, channel))
      return meaning ? (
        <button type="button" className="text-left hover:text-accent-ink hover:underline" onClick={() => onPick(meaning)}>
          {text}
        </button>
      ) : (
        text
      )
    },
  }))
  if (rowTools) columns.push({ key: 'tools', title: 'To do', cell: (row) => rowTools(Object.fromEntries(channels.map((channel) => [channel.field, frame.at(row, channel)]))) })
  return <DataTable label={frame.widget.title} rows={frame.rows} columns={columns} rowKey={(_, place) => String(place)} maxHeight={maxHeight} />
}

const sortable = (cell: Cell) => (typeof cell === 'boolean' ? Number(cell) : cell)

/** One measure by two dimensions, as a small matrix. */
export function Pivot({ frame, onPick }: { frame: Frame; onPick: (meaning: Meaning) => void }) {
  const [down, across, cell] = [frame.channel('rows'), frame.channel('columns'), frame.channel('cell')]
  if (!down || !across || !cell) return null
  const heads = distinct(frame.rows.map((row) => frame.at(row, across)))
  const lines = distinct(frame.rows.map((row) => frame.at(row, down)))
  const found = new Map(frame.rows.map((row) => [`${String(frame.at(row, down))} ${String(frame.at(row, across))}`, frame.at(row, cell)]))
  const at = (line: Cell, head: Cell) => found.get(`${String(line)} ${String(head)}`) ?? null
  const columns: Column<Cell>[] = [
    {
      key: 'name',
      title: down.label,
      sort: (line) => String(line),
      cell: (line) => {
        const meaning = meaningOf(down, line)
        const text = written(line, down.format, frame.zone, down.field)
        return meaning ? (
          <button type="button" className="text-left hover:text-accent-ink hover:underline" onClick={() => onPick(meaning)}>
            {text}
          </button>
        ) : (
          text
        )
      },
    },
    ...heads.map((head): Column<Cell> => ({
      key: String(head),
      title: axisTime(head, frame.zone, frame.data.grain),
      right: true,
      sort: (line) => number(at(line, head)),
      cell: (line) => written(at(line, head), cell.format, frame.zone),
    })),
  ]
  return <DataTable label={frame.widget.title} rows={lines} columns={columns} rowKey={(line) => String(line)} maxHeight="100%" />
}
