import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { ReasonReading } from '@/api/generated'
import { getReasonMappingOptions, listReasonReviewsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, NOTHING, plural } from '@/format/number'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'
import { usePerson } from '@/shell/person'

import { Review } from './review'

/** How every raw code of the scope is read, and what experts say of it. */
export function Mapping() {
  const query = apiScope(useScope().scope)
  const [unmapped, only] = useState(false)
  const [reviewed, review] = useState<ReasonReading | null>(null)
  const { data, error, refetch } = useQuery(getReasonMappingOptions({ query: { ...query, unmapped_only: unmapped } }))
  const reviews = useQuery(listReasonReviewsOptions())
  const { may } = usePerson()
  const said = (row: ReasonReading) => reviews.data?.find((one) => one.raw_code === row.raw_code && (one.network === row.network || one.network === 'any'))
  return (
    <Card
      title={unmapped ? 'Codes that no rule knows' : 'How the codes are read'}
      note={data && plural(data.rows.length, 'code')}
      className="lg:col-span-2"
      tools={
        <label className="flex items-center gap-2 text-ink-2">
          <input type="checkbox" checked={unmapped} onChange={() => only(!unmapped)} className="size-3.5 accent-accent" /> Only unmapped
        </label>
      }
    >
      {error ? <Problem error={error} retry={() => void refetch()} /> : !data ? <Skeleton className="h-64" /> : data.rows.length === 0 ? (
        <Empty title={unmapped ? 'Every code is known' : 'No decline in this scope'} />
      ) : (
        <DataTable
          label="How the codes are read"
          rows={data.rows}
          rowKey={(row, place) => `${place} ${row.network} ${row.raw_code}`}
          maxHeight="28rem"
          columns={[
            { key: 'network', title: 'Network', cell: (row) => label(row.network), sort: (row) => row.network },
            { key: 'entry', title: 'Entry system', cell: (row) => row.entry_system ?? NOTHING, sort: (row) => row.entry_system },
            { key: 'code', title: 'Code', cell: (row) => <code className="font-mono text-xs">{row.raw_code ?? row.raw_reason ?? NOTHING}</code>, sort: (row) => row.raw_code },
            { key: 'reason', title: 'Read as', cell: (row) => <span title={row.rule ?? ''}>{label(row.reason)}</span>, sort: (row) => row.reason },
            { key: 'says', title: 'In plain words', cell: (row) => <span className="text-ink-2">{row.sentence}</span> },
            { key: 'declines', title: 'Declines', right: true, cell: (row) => count(row.declines), sort: (row) => row.declines },
            { key: 'expert', title: 'Experts say', cell: (row) => (said(row) ? label(said(row)?.verdict) : NOTHING) },
            { key: 'review', title: '', right: true, cell: (row) => may('analyst') && row.raw_code && row.reason ? <Button onClick={() => review(row)}>Review</Button> : null },
          ]}
        />
      )}
      {reviewed && data && <Review reading={reviewed} reasons={data.reasons} onClose={() => review(null)} />}
    </Card>
  )
}
