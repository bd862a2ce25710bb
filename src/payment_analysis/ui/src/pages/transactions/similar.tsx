import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { SimilarAttempt } from '@/api/generated'
import { getSimilarTransactionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, inMajor } from '@/format/number'
import { dayYear, seconds } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Problem, Skeleton } from '@/parts/states'

const SHOWN = 20
const SHOWN_FIRST = 6
const COLOURS: Record<string, string> = { approved: 'text-good', declined: 'text-bad', pending: 'text-warn', error: 'text-warn' }

/** What became of the attempts most like this one: evidence to look at, never a forecast. */
export function Similar({ id, zone }: { id: string; zone: string }) {
  const { data, error, refetch } = useQuery(getSimilarTransactionsOptions({ path: { transaction_id: id }, query: { limit: SHOWN } }))
  const [all, setAll] = useState(false)
  return (
    <section aria-label="Similar payments">
      <h3 className="mb-2 text-xs font-medium text-ink-3">Similar payments of the last 30 days</h3>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!error && !data && <Skeleton className="h-24" />}
      {data && (
        <>
          <p className="mb-2">
            {data.rows.length === 0
              ? 'None was found.'
              : `Of the ${data.rows.length} most similar, ${data.approved} were approved and ${data.declined} declined.`}
          </p>
          <ul className="flex flex-col divide-y">
            {data.rows.slice(0, all ? SHOWN : SHOWN_FIRST).map((row) => (
              <Row key={row.transaction_id} row={row} zone={zone} />
            ))}
          </ul>
          {!all && data.rows.length > SHOWN_FIRST && (
            <Button look="quiet" onClick={() => setAll(true)}>
              Show all {data.rows.length}
            </Button>
          )}
          <p className="mt-2 text-xs text-ink-3">
            {data.searched > 0 ? `Out of ${count(data.searched)} attempts, by what is known before the answer. ` : ''}
            What happened to others is evidence, not a forecast.
          </p>
        </>
      )}
    </section>
  )
}

/** The summary without what the line above it says already. */
const facts = (summary: string | null | undefined) => (summary ?? '').replace(/ of [\d.,]+ [A-Z]{3},/, ',').replace(/, result \w+.*$/, '').replaceAll('_', ' ')

function Row({ row, zone }: { row: SimilarAttempt; zone: string }) {
  return (
    <li className="flex gap-3 py-1.5">
      <div className="w-20 shrink-0 text-right text-xs text-ink-3">
        {row.created_at && (
          <>
            <span className="num block">{seconds(row.created_at, zone)}</span>
            <span className="block">{dayYear(row.created_at, zone)}</span>
          </>
        )}
      </div>
      <div className="min-w-0">
        <p>
          <span className={COLOURS[row.outcome ?? ''] ?? 'text-ink-3'}>{label(row.outcome ?? 'not known')}</span>
          {row.decline_reason ? `: ${label(row.decline_reason)}` : ''}
          <span className="num text-ink-2">{row.amount !== null && row.amount !== undefined && row.currency ? ` · ${inMajor(row.amount, row.currency)}` : ''}</span>
          <span className="num text-xs text-ink-3" title="1 is alike in everything that was known before the answer.">
            {' '}
            · similarity {(row.similarity ?? 0).toFixed(3)}
          </span>
        </p>
        <p className="text-xs break-words text-ink-3">{facts(row.summary_text)}</p>
      </div>
    </li>
  )
}
