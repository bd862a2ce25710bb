import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { GrantedRetries, RetryState } from '@/api/generated'
import { listGrantedRetriesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, inMajor, money, NOTHING, percent } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Empty, Problem, Skeleton } from '@/parts/states'

const PAGE = 25
const COLOURS: Record<RetryState, string> = { due: 'text-warn', waiting: '', expired: 'text-ink-3', done: 'text-good' }

/** Retries that were granted, those to act on first. */
export function Queue({ zone }: { zone: string }) {
  const [state, setState] = useState<RetryState | undefined>()
  const [offset, setOffset] = useState(0)
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...listGrantedRetriesOptions({ query: { state, limit: PAGE, offset } }), placeholderData: keepPreviousData })
  const show = (wanted: RetryState | undefined) => {
    setState(wanted)
    setOffset(0)
  }
  if (error) return <Card title="Queue"><Problem error={error} retry={() => void refetch()} /></Card>
  if (!data) return <Skeleton className="h-60" />
  const all = data.states.reduce((sum, one) => sum + one.retries, 0)
  return (
    <section aria-label="Queue of retries">
      <Card title="Queue" note={`Retries that decisions granted in the last 45 days. One that nobody told of ${data.late_hours} hours after its time, or that a later decision replaced, has expired.`} stale={isPlaceholderData}>
        {all === 0 ? (
          <Empty title="No retry is granted yet">The queue fills when a system asks POST /api/decision/retry, or somebody presses Decide on Decisioning, and the answer is yes. Outcomes told to POST /api/decision/outcome empty it.</Empty>
        ) : (
          <>
            <div className="mt-2 mb-2 flex flex-wrap gap-1" role="group" aria-label="State">
              <Button look={state === undefined ? 'strong' : 'quiet'} aria-pressed={state === undefined} onClick={() => show(undefined)}>All {count(all)}</Button>
              {data.states.map((one) => (
                <Button key={one.state} look={state === one.state ? 'strong' : 'quiet'} aria-pressed={state === one.state} onClick={() => show(one.state)}>
                  {label(one.state)} {count(one.retries)}
                </Button>
              ))}
            </div>
            <Rows data={data} zone={zone} />
            <div className="mt-2 flex gap-2">
              {offset > 0 && <Button onClick={() => setOffset(Math.max(0, offset - PAGE))}>Previous</Button>}
              {data.next !== null && <Button onClick={() => setOffset(data.next ?? 0)}>Next</Button>}
            </div>
          </>
        )}
      </Card>
    </section>
  )
}

function Rows({ data, zone }: { data: GrantedRetries; zone: string }) {
  if (data.rows.length === 0) return <p className="py-4 text-ink-3">No retry is in this state.</p>
  return (
    <DataTable
      label="Granted retries"
      rows={data.rows}
      rowKey={(row) => row.audit_id}
      maxHeight="28rem"
      columns={[
        { key: 'due', title: `To be sent (${zone})`, cell: (row) => moment(row.due_at, zone) },
        {
          key: 'state',
          title: 'State',
          cell: (row) => (
            <span className={COLOURS[row.state]}>
              {label(row.state)}
              {row.outcome ? `: ${row.outcome}` : row.is_replaced ? ': replaced' : ''}
            </span>
          ),
        },
        {
          key: 'payment',
          title: 'Payment',
          cell: (row) =>
            row.payment_id ? (
              <Link to="/transactions" search={{ payment: row.payment_id } as never} className="num text-accent-ink hover:underline">
                {row.payment_id}
              </Link>
            ) : (
              <span className="text-ink-3">not named</span>
            ),
        },
        { key: 'amount', title: 'Amount', right: true, cell: (row) => money(row) },
        { key: 'after', title: 'After', cell: (row) => [row.decline_code, row.network && label(row.network)].filter(Boolean).join(' ') },
        { key: 'way', title: 'Way', cell: (row) => label(row.way) },
        { key: 'chance', title: 'Chance', right: true, cell: (row) => (row.approval === null ? NOTHING : percent(row.approval)) },
        { key: 'net', title: 'Expected', right: true, note: 'Expected net value it was granted on.', cell: (row) => (row.net_value === null ? NOTHING : inMajor(row.net_value, 'EUR')) },
        {
          key: 'why',
          title: 'Why',
          cell: (row) => (
            <Link to="/decisioning" search={{ audit: row.audit_id, decide: 'retry' } as never} className="text-accent-ink hover:underline">
              The decision
            </Link>
          ),
        },
      ]}
    />
  )
}
