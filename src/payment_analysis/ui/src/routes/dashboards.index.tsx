import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { DashboardListed } from '@/api/generated'
import { listDashboardsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { plural } from '@/format/number'
import { label } from '@/format/words'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'

export const Route = createFileRoute('/dashboards/')({ component: Gallery })

const CATEGORIES = ['executive', 'operations', 'analytics', 'technical', 'own']

function Gallery() {
  const { data, error, refetch } = useQuery(listDashboardsOptions())
  const [text, setText] = useState('')
  const fits = (data?.dashboards ?? []).filter((one) => `${one.title} ${one.description}`.toLowerCase().includes(text.toLowerCase()))
  return (
    <Page
      title="Analytics dashboards"
      question="The same files that run in Databricks AI/BI. The scope above reaches below every view."
      tools={
        <input data-find value={text} onChange={(event) => setText(event.target.value)} placeholder="Find a dashboard" aria-label="Find a dashboard" className="h-8 w-56 rounded-lg border bg-card px-2.5" />
      }
    >
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-80" />}
      {data && fits.length === 0 && <Empty title={`No dashboard says “${text}”`} />}
      {CATEGORIES.map((category) => {
        const own = fits.filter((one) => one.category === category)
        return (
          own.length > 0 && (
            <section key={category} aria-label={label(category)}>
              <h2 className="mb-2 text-[13px] font-medium text-ink-3">{label(category)}</h2>
              <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
                {own.map((one) => (
                  <Listed key={one.id} dashboard={one} />
                ))}
              </div>
            </section>
          )
        )
      })}
    </Page>
  )
}

function Listed({ dashboard }: { dashboard: DashboardListed }) {
  const pages = dashboard.pages.filter((page) => !page.is_filters)
  const widgets = pages.reduce((sum, page) => sum + page.widgets, 0)
  return (
    <Link to="/dashboards/$id" params={{ id: dashboard.id }} className="flex flex-col gap-1 rounded-xl border bg-card p-4 shadow-card transition-colors hover:border-accent">
      <h3 className="text-[15px] font-semibold tracking-tight">{dashboard.title}</h3>
      <p className="line-clamp-3 min-h-15 text-[13px] text-ink-2">{dashboard.description}</p>
      <p className="mt-1 text-xs text-ink-3">
        {plural(widgets, 'widget')} on {plural(pages.length, 'page')}
        {dashboard.faults.length > 0 && <span className="text-bad"> · {plural(dashboard.faults.length, 'fault')} in the file</span>}
      </p>
    </Link>
  )
}
