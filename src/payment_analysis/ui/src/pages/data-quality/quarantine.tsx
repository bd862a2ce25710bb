import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { Quarantine as Answer } from '@/api/generated'
import { listQuarantineOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, NOTHING, plural } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'
import { usePerson } from '@/shell/person'

import { Replay } from './replay'

type Row = Answer['rows'][number]

/** Records that were put aside, by reason; each can be mended and sent in again. */
export function Quarantine() {
  const [reason, choose] = useState<string>()
  const { data, error, refetch } = useQuery({ ...listQuarantineOptions({ query: reason ? { reason } : {} }), placeholderData: (before) => before })
  const all = data?.reasons.reduce((sum, one) => sum + one.rows, 0) ?? 0
  return (
    <Card title="Quarantine" note={data && all > 0 ? `${plural(all, 'record')} put aside; each can be mended and sent in again.` : 'Records that were put aside, with the reason.'} className="xl:col-span-2">
      <div className="mt-2 flex flex-col gap-3">
        {error ? <Problem error={error} retry={() => void refetch()} /> : !data ? <Skeleton className="h-64" /> : all === 0 ? <Empty title="Nothing was put aside" /> : (
          <>
            <div role="group" aria-label="Reasons" className="flex flex-wrap gap-1.5">
              {data.reasons.map((one) => (
                <Button key={one.reason} aria-pressed={one.reason === reason} className={one.reason === reason ? 'border-accent bg-accent-soft text-accent-ink' : ''} onClick={() => choose(one.reason === reason ? undefined : one.reason)}>
                  {label(one.reason)} <span className="num text-xs">{count(one.rows)}</span>
                </Button>
              ))}
            </div>
            <Records data={data} />
          </>
        )}
      </div>
    </Card>
  )
}

function Records({ data }: { data: Answer }) {
  const { zone } = useScope()
  const { may } = usePerson()
  const [mended, mend] = useState<Row | null>(null)
  const landed = new Map(data.replayed.map((one) => [one.quarantine_id, one]))
  return (
    <>
      <DataTable
        label="Records put aside"
        rows={data.rows}
        rowKey={(row) => row.quarantine_id ?? ''}
        maxHeight="26rem"
        columns={[
          { key: 'at', title: `Since (${zone})`, cell: (row) => (row.ingested_at ? moment(row.ingested_at, zone) : NOTHING), sort: (row) => row.ingested_at },
          { key: 'file', title: 'From', cell: (row) => `${row.source_file ?? row.source ?? NOTHING}${row.source_row === null ? '' : `, row ${count(row.source_row)}`}` },
          { key: 'reason', title: 'Reason', cell: (row) => label(row.reason), sort: (row) => row.reason },
          { key: 'field', title: 'Field', cell: (row) => <code className="font-mono text-xs">{row.field ?? NOTHING}</code> },
          { key: 'detail', title: 'What is wrong', cell: (row) => <span className="text-ink-2">{row.detail ?? NOTHING}</span> },
          {
            key: 'replay',
            title: '',
            right: true,
            cell: (row) => {
              const done = landed.get(row.quarantine_id ?? '')
              if (done) return <span className="text-good">landed, {done.replayed_by}</span>
              return may('operator') ? <Button onClick={() => mend(row)}>Mend</Button> : null
            },
          },
        ]}
      />
      {mended && <Replay row={mended} onClose={() => mend(null)} />}
    </>
  )
}
