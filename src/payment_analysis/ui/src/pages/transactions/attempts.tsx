import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'

import type { AttemptRow } from '@/api/generated'
import { money, NOTHING } from '@/format/number'
import { day, seconds } from '@/format/time'
import { country, label } from '@/format/words'

import { Result } from './result'

const ROW = 36
const COLUMNS = 'grid grid-cols-[8.5rem_7rem_minmax(9rem,1.4fr)_7rem_minmax(6rem,1fr)_minmax(6rem,1fr)_minmax(7rem,1fr)_minmax(9rem,1.3fr)] items-center gap-3 px-4'
const HEADS = ['Time', 'Result', 'Why', 'Amount', 'Network', 'Provider', 'Country', 'Payment']

type Props = { rows: readonly AttemptRow[]; zone: string; more: () => void; hasMore: boolean; onOpen: (payment: string) => void }

/** The found attempts; only the rows in view are drawn, and the next page comes when the end is near. */
export function Attempts({ rows, zone, more, hasMore, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 12 })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > rows.length - 20) more()
  }, [hasMore, last, rows.length, more])
  return (
    <div ref={box} className="h-[calc(100dvh-15rem)] min-h-80 overflow-auto" role="table" aria-label="Attempts" aria-rowcount={hasMore ? -1 : rows.length + 1}>
      <div className="min-w-[66rem]">
        <div role="rowgroup" className="sticky top-0 z-[1] bg-card">
          <div role="row" className={`${COLUMNS} h-9 border-b text-xs font-medium text-ink-3`}>
            {HEADS.map((head) => (
              <span key={head} role="columnheader" className={head === 'Amount' ? 'text-right' : ''}>
                {head === 'Time' ? `Time (${zone})` : head}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            return row && <Attempt key={row.transaction_id} row={row} zone={zone} place={item.index} top={item.start} onOpen={onOpen} />
          })}
        </div>
      </div>
    </div>
  )
}

function Attempt({ row, zone, place, top, onOpen }: { row: AttemptRow; zone: string; place: number; top: number; onOpen: (payment: string) => void }) {
  const why = row.decline_reason_detail ?? row.decline_reason_standard
  const cell = 'truncate'
  return (
    <div role="row" aria-rowindex={place + 2} className={`${COLUMNS} absolute inset-x-0 border-b text-[13px] hover:bg-page`} style={{ height: ROW, transform: `translateY(${top}px)` }}>
      <span role="cell" className="num whitespace-nowrap text-ink-2">
        {day(row.event_timestamp ?? 0, zone)} {seconds(row.event_timestamp ?? 0, zone)}
      </span>
      <span role="cell">
        <Result result={row.result} />
      </span>
      <span role="cell" className={cell}>
        {why ? label(why.toLowerCase()) : <span className="text-ink-3">{NOTHING}</span>}
      </span>
      <span role="cell" className="num text-right whitespace-nowrap">
        {row.amount_minor !== null && row.currency ? money({ amount_minor: row.amount_minor, currency: row.currency }) : NOTHING}
      </span>
      <span role="cell" className={cell}>
        {label(row.card_network)}
      </span>
      <span role="cell" className={cell}>
        {row.psp ?? NOTHING}
      </span>
      <span role="cell" className={cell}>
        {row.issuer_country ? country(row.issuer_country) : NOTHING}
      </span>
      <span role="cell" className={cell}>
        <button type="button" className="max-w-full truncate font-mono text-xs text-accent-ink hover:underline" onClick={() => onOpen(row.payment_id ?? row.transaction_id ?? '')}>
          {row.payment_id}
        </button>
        {row.is_retry && <span className="ml-1.5 text-xs text-ink-3">retry</span>}
      </span>
    </div>
  )
}
