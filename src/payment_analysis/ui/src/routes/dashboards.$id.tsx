import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link, useNavigate } from '@tanstack/react-router'
import { FileJson, Maximize2 } from 'lucide-react'
import { useRef } from 'react'

import type { WidgetOut } from '@/api/generated'
import { readDashboardPage, readDashboardWidgetCsv } from '@/api/generated'
import { getDashboardOptions } from '@/api/generated/@tanstack/react-query.gen'
import { saveFile } from '@/parts/save-file'
import { period } from '@/format/time'
import { Board } from '@/lakeview/board'
import type { Meaning } from '@/lakeview/frame'
import { Button } from '@/parts/button'
import { Published } from '@/pages/setup/published'
import { Page } from '@/parts/page'
import { Problem, Skeleton } from '@/parts/states'
import type { Compare } from '@/scope/search'
import { apiScope, isDimension } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/dashboards/$id')({
  validateSearch: (search: Record<string, unknown>): { page?: string | undefined } => ({ page: typeof search.page === 'string' ? search.page : undefined }),
  component: Dashboard,
})

const COMPARED: Record<Compare, 'previous' | 'weekday' | 'none'> = { prev: 'previous', weekdays: 'weekday', none: 'none' }

function useQuestion() {
  const { scope, compare } = useScope()
  const given = Object.entries(apiScope(scope)).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const hasRange = given.some(([name]) => name === 'range' || name === 'from')
  return { scope: Object.fromEntries(given), compare: hasRange ? COMPARED[compare] : ('none' as const) }
}

function Dashboard() {
  const { id } = Route.useParams()
  const search = Route.useSearch()
  const { zone, toggle } = useScope()
  const navigate = useNavigate()
  const question = useQuestion()
  const board = useRef<HTMLDivElement>(null)
  const spec = useQuery(getDashboardOptions({ path: { dashboard_id: id } }))
  const pages = spec.data?.pages.filter((one) => !one.is_filters) ?? []
  const page = pages.find((one) => one.name === search.page) ?? pages[0]
  const found = useQuery({
    queryKey: ['dashboard page', id, page?.name, question],
    enabled: page !== undefined,
    queryFn: async ({ signal }) => (await readDashboardPage({ path: { dashboard_id: id, page_name: page?.name ?? '' }, body: question, signal, throwOnError: true })).data,
    placeholderData: (before, query) => (query?.queryKey[2] === page?.name && query?.queryKey[1] === id ? before : undefined),
  })
  const pick = ({ dimension, value }: Meaning) => void (isDimension(dimension) && toggle(dimension, value))
  const open = ({ dimension, value }: Meaning) => void navigate({ to: '/transactions', search: ((before: object) => ({ ...before, page: undefined, [dimension]: value })) as never })
  const csv = async (widget: WidgetOut) => {
    const path = { dashboard_id: id, page_name: page?.name ?? '', widget_name: widget.name }
    const { data } = await readDashboardWidgetCsv({ path, body: question, parseAs: 'text', throwOnError: true })
    saveFile(`${id}_${widget.name}.csv`, String(data), 'text/csv')
  }
  if (spec.error) {
    return (
      <Page title="Dashboard">
        <Problem error={spec.error} retry={() => void spec.refetch()} />
      </Page>
    )
  }
  if (!spec.data || !page) {
    return (
      <Page title="Dashboard">
        <Skeleton className="h-96" />
      </Page>
    )
  }
  return (
    <Page
      title={spec.data.title}
      question={spec.data.description}
      tools={
        <div className="flex items-center gap-2">
          <Published id={id} />
          {found.data?.scope.from && found.data.scope.to && <span className="num text-xs text-ink-3">{period(found.data.scope.from, found.data.scope.to, zone)}</span>}
          <Button onClick={() => saveFile(`${id}.lvdash.json`, JSON.stringify(spec.data.raw, null, 1), 'application/json')}>
            <FileJson aria-hidden size={14} /> File
          </Button>
          <Button onClick={() => void board.current?.requestFullscreen()}>
            <Maximize2 aria-hidden size={14} /> Present
          </Button>
        </div>
      }
    >
      {pages.length > 1 && (
        <nav aria-label="Pages of the dashboard" className="flex gap-1 border-b">
          {pages.map((one) => (
            <Link key={one.name} to="." search={((before: object) => ({ ...before, page: one.name })) as never} aria-current={one.name === page.name ? 'page' : undefined} className={`-mb-px border-b-2 px-3 py-2 text-[13px] ${one.name === page.name ? 'border-accent font-medium text-accent-ink' : 'border-transparent text-ink-2 hover:text-ink'}`}>
              {one.title}
            </Link>
          ))}
        </nav>
      )}
      {found.error && <Problem error={found.error} retry={() => void found.refetch()} />}
      <div ref={board} className="overflow-auto bg-page">
        <Board page={page} data={found.data} zone={zone} stale={found.isPlaceholderData} title={spec.data.title} description={spec.data.description} onPick={pick} onOpen={open} onCsv={(widget) => void csv(widget)} />
      </div>
    </Page>
  )
}
