import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'

import { listCheckResultsOptions, listTableQualityOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, plural } from '@/format/number'
import { duration, moment } from '@/format/time'
import { Quarantine } from '@/pages/data-quality/quarantine'
import { Card } from '@/parts/card'
import type { Column } from '@/parts/data-table'
import { DataTable } from '@/parts/data-table'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/data-quality')({ component: DataQuality })

function DataQuality() {
  return (
    <Page title="Data quality" question="Can today’s numbers be believed? Of all data; the scope does not apply here.">
      <div className="grid gap-3 xl:grid-cols-2">
        <Tables />
        <Checks />
        <Quarantine />
      </div>
    </Page>
  )
}

type Asked<Row> = { data: readonly Row[] | undefined; error: unknown; refetch: () => unknown }

function Rows<Row>({ title, note, asked, columns, rowKey, empty }: { title: string; note: string; asked: Asked<Row>; columns: readonly Column<Row>[]; rowKey: (row: Row) => string; empty: string }) {
  return (
    <Card title={title} note={note}>
      <div className="mt-2">
        {asked.error ? (
          <Problem error={asked.error} retry={() => void asked.refetch()} />
        ) : !asked.data ? (
          <Skeleton className="h-64" />
        ) : asked.data.length === 0 ? (
          <Empty title={empty} />
        ) : (
          <DataTable label={title} rows={asked.data} columns={columns} rowKey={rowKey} maxHeight="26rem" />
        )}
      </div>
    </Card>
  )
}

function Tables() {
  const { zone } = useScope()
  const { data, error, refetch } = useQuery(listTableQualityOptions())
  return (
    <Rows
      title="Tables"
      note="Rows per layer and when each table last changed."
      asked={{ data: data?.rows, error, refetch }}
      rowKey={(row) => row.table}
      empty="No table is built yet: run payment-analysis build"
      columns={[
        { key: 'table', title: 'Table', cell: (row) => <code className="font-mono text-xs">{row.table}</code>, sort: (row) => row.table },
        { key: 'layer', title: 'Layer', cell: (row) => row.layer, sort: (row) => row.layer },
        { key: 'rows', title: 'Rows', right: true, cell: (row) => count(row.rows), sort: (row) => row.rows },
        { key: 'age', title: 'Changed', right: true, cell: (row) => `${duration(row.age_seconds)} ago`, sort: (row) => row.age_seconds },
        { key: 'newest', title: `Newest event (${zone})`, right: true, cell: (row) => (row.latest_event ? moment(row.latest_event, zone) : '—'), sort: (row) => row.latest_event },
      ]}
    />
  )
}

function Checks() {
  const { data, error, refetch } = useQuery(listCheckResultsOptions())
  const failed = data?.rows.filter((row) => row.failed_rows > 0).length ?? 0
  return (
    <Rows
      title="Checks"
      note={data ? `${plural(data.rows.length, 'check')}, ${failed} with rows that fail.` : 'Counted now.'}
      asked={{ data: data?.rows.toSorted((a, b) => b.failed_rows - a.failed_rows), error, refetch }}
      rowKey={(row) => `${row.table} ${row.predicate}`}
      empty="No table is built yet: run payment-analysis build"
      columns={[
        { key: 'table', title: 'Table', cell: (row) => <code className="font-mono text-xs">{row.table}</code>, sort: (row) => row.table },
        { key: 'check', title: 'Every row must satisfy', cell: (row) => <code className="font-mono text-xs break-words">{row.predicate}</code> },
        { key: 'level', title: 'Else', cell: (row) => row.level, sort: (row) => row.level, note: 'drop: put aside; fail: stops the build; warn: is said' },
        { key: 'failed', title: 'Fail', right: true, cell: (row) => <span className={row.failed_rows > 0 ? 'font-medium text-bad' : ''}>{count(row.failed_rows)}</span>, sort: (row) => row.failed_rows },
      ]}
    />
  )
}
