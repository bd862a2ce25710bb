import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { LedgerOut, ResultsOut, SegmentOut, VariantOut } from '@/api/generated'
import { getExperimentResultsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, percent, points, short } from '@/format/number'
import { label } from '@/format/words'
import { DataTable } from '@/parts/data-table'
import { SelectField } from '@/parts/field'
import { Interval } from '@/parts/interval'
import { Empty, Problem, Skeleton } from '@/parts/states'

const SEGMENTS = ['', 'merchant_segment', 'issuer_country', 'network', 'currency', 'entry_mode']

/** What an experiment shows so far; every interval holds however often somebody looks. */
export function Results({ id }: { id: string }) {
  const [segment, setSegment] = useState('')
  const { data, error, refetch } = useQuery(getExperimentResultsOptions({ path: { experiment_id: id }, query: { segment: segment || null } }))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-40" />
  if (data.variants.length === 0) return <Empty title="Nobody is assigned yet">Decisions assign subjects while it runs.</Empty>
  return (
    <div className="flex flex-col gap-4">
      <p className={`rounded-lg p-3 ${data.ratio_is_wrong ? 'bg-bad-soft text-bad' : 'bg-page text-ink-2'}`} role={data.ratio_is_wrong ? 'alert' : undefined}>
        {data.verdict} <span className="text-xs">Split as planned: p = {data.ratio_p.toFixed(3)}.</span>
      </p>
      <Variants results={data} />
      <Ledger rows={data.ledger} />
      <SelectField label="By segment" value={segment} onChange={(event) => setSegment(event.target.value)} choices={SEGMENTS.map((one) => [one, one ? label(one) : 'not split'] as const)} />
      {data.segments.length > 0 && <Segments rows={data.segments} />}
    </div>
  )
}

function Variants({ results }: { results: ResultsOut }) {
  return (
    <>
      <DataTable
        label="Variants"
        rows={results.variants}
        rowKey={(row) => row.variant}
        columns={[
          { key: 'variant', title: 'Variant', cell: (row) => row.variant },
          { key: 'share', title: 'Planned', right: true, cell: (row) => percent(row.share) },
          { key: 'subjects', title: 'Subjects', right: true, cell: (row) => count(row.subjects) },
          { key: 'answered', title: 'With an outcome', right: true, cell: (row) => count(row.answered) },
          { key: 'rate', title: 'Approved', right: true, cell: (row) => percent(row.approval_rate, 2) },
        ]}
      />
      {results.variants.map((one) => (
        <Lift key={one.variant} variant={one} />
      ))}
    </>
  )
}

function Lift({ variant }: { variant: VariantOut }) {
  if (!variant.lift && variant.guardrails.length === 0) return null
  return (
    <section aria-label={variant.variant} className="rounded-lg border p-3">
      <h3 className="text-xs font-medium text-ink-3">{variant.variant} against the control</h3>
      {variant.lift ? <Interval label="Approval rate" {...variant.lift} show={(number) => points(number, 2)} moreIsGood /> : <p className="text-ink-3">Fewer than 100 subjects on a side say nothing yet.</p>}
      {variant.guardrails.map((one) => (
        <p key={one.name} className={one.state === 'breached' ? 'text-bad' : one.state === 'fine' ? 'text-good' : 'text-ink-3'}>
          Guardrail {label(one.name)}: {one.state === 'open' ? 'too little is known' : label(one.state)}
          {one.difference && (
            <span className="num text-xs">
              {' '}
              ({one.difference.low.toPrecision(3)} to {one.difference.high.toPrecision(3)}, may rise by {one.slack} {one.unit})
            </span>
          )}
        </p>
      ))}
    </section>
  )
}

function Ledger({ rows }: { rows: readonly LedgerOut[] }) {
  if (rows.length === 0) return null
  return (
    <section aria-label="Ledger" className="rounded-lg border p-3">
      <h3 className="text-xs font-medium text-ink-3">Ledger of incremental revenue: treated less organic, minor units</h3>
      {rows.map((one) => (
        <div key={one.variant}>
          <p className="text-ink-2">
            {one.variant} approved <b className="num">{short(one.treated)}</b>; as many subjects of the {one.baseline || 'baseline'} bring <b className="num">{short(one.organic)}</b>; scheme fees <span className="num">{short(one.scheme_fees)}</span>.
          </p>
          {one.incremental ? <Interval label="Incremental" {...one.incremental} show={short} moreIsGood /> : <p className="text-ink-3">Too few subjects to say how much is incremental.</p>}
        </div>
      ))}
    </section>
  )
}

function Segments({ rows }: { rows: readonly SegmentOut[] }) {
  return (
    <DataTable
      label="Segments"
      rows={rows}
      rowKey={(row) => `${row.segment} ${row.variant}`}
      columns={[
        { key: 'segment', title: 'Segment', cell: (row) => row.segment || 'not known', sort: (row) => row.segment },
        { key: 'variant', title: 'Variant', cell: (row) => row.variant },
        { key: 'answered', title: 'With an outcome', right: true, cell: (row) => count(row.answered), sort: (row) => row.answered },
        { key: 'rate', title: 'Approved', right: true, cell: (row) => percent(row.approval_rate, 2), sort: (row) => row.approval_rate },
        { key: 'lift', title: 'Lift', right: true, cell: (row) => (row.lift ? `${points(row.lift.value, 2)} (${points(row.lift.low, 2)} to ${points(row.lift.high, 2)})` : 'too few') },
      ]}
    />
  )
}
