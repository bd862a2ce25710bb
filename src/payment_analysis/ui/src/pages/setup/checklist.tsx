import { useQuery } from '@tanstack/react-query'
import { Check, Minus } from 'lucide-react'

import type { ChecklistItem } from '@/api/generated'
import { getSetupChecklistOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Card } from '@/parts/card'
import { Problem, Skeleton } from '@/parts/states'

export function Checklist() {
  const { data, error, refetch } = useQuery({ ...getSetupChecklistOptions(), refetchInterval: 30_000 })
  return (
    <Card title="What should be there" note="After the jobs: every table, view, model and dashboard.">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-40" />
      ) : (
        <div className="mt-2 grid gap-4 md:grid-cols-2 xl:grid-cols-4">
          <Items title="Tables" items={data.tables} />
          <Items title="Views" items={data.views} />
          <Items title="Models" items={data.models} />
          <Items title="Dashboards" items={data.dashboards} />
        </div>
      )}
    </Card>
  )
}

function Items({ title, items }: { title: string; items: readonly ChecklistItem[] }) {
  const there = items.filter((one) => one.is_there).length
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 text-[13px] font-medium">
        {title} <span className={`tnum ${there === items.length ? 'text-good' : 'text-ink-3'}`}>{there} of {items.length}</span>
      </h3>
      <ul tabIndex={0} aria-label={`${title}, each with its state`} className="max-h-64 overflow-auto">
        {items.map((one) => (
          <li key={one.name} className="flex items-center gap-2 py-0.5 text-xs">
            {one.is_there ? <Check aria-label="there" size={13} className="shrink-0 text-good" /> : <Minus aria-label="missing" size={13} className="shrink-0 text-ink-3" />}
            {one.url ? <a className="truncate font-mono text-accent" href={one.url} target="_blank" rel="noreferrer">{one.name}</a> : <code className="truncate font-mono">{one.name}</code>}
          </li>
        ))}
      </ul>
    </section>
  )
}
