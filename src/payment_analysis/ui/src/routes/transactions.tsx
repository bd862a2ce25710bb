import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useCallback, useState } from 'react'

import { listTransactions } from '@/api/generated'
import { getTransactionFacetsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { plural } from '@/format/number'
import { Attempts } from '@/pages/transactions/attempts'
import { Facets } from '@/pages/transactions/facets'
import { Payment } from '@/pages/transactions/payment'
import type { ExplorerSearch } from '@/pages/transactions/search'
import { explorerSearch, sortOf, SORTS } from '@/pages/transactions/search'
import { Card } from '@/parts/card'
import { Dialog } from '@/parts/dialog'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { apiScope, isDimension, stringifySearch, valuesOf } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/transactions')({ validateSearch: explorerSearch, component: Transactions })

const PAGE = 100

function Transactions() {
  const search = Route.useSearch()
  const navigate = useNavigate()
  const { scope, zone, toggle } = useScope()
  const set = (changes: ExplorerSearch) => void navigate({ to: '.', search: ((before: object) => ({ ...before, ...changes })) as never })
  const asked = { ...apiScope(scope), result: search.result, reason: search.reason, q: search.q } as never as Record<string, string>
  const found = useInfiniteQuery({
    queryKey: ['attempts', asked, sortOf(search)],
    queryFn: async ({ pageParam, signal }) => (await listTransactions({ query: { ...asked, sort: sortOf(search), limit: PAGE, after: pageParam }, signal, throwOnError: true })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  })
  const facets = useQuery({ ...getTransactionFacetsOptions({ query: asked }), placeholderData: (before) => before })
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? []
  const { fetchNextPage, isFetching } = found
  const more = useCallback(() => void (!isFetching && fetchNextPage()), [fetchNextPage, isFetching])
  const toggleFacet = (facet: string, value: string) => {
    if (isDimension(facet)) toggle(facet, value)
    else set({ [facet]: search[facet as 'result' | 'reason'] === value ? undefined : value })
  }
  const isChosen = (facet: string, value: string) => (isDimension(facet) ? valuesOf(scope, facet).includes(value) : search[facet as 'result' | 'reason'] === value)
  return (
    <Page
      title="Transactions"
      question={facets.data ? `${plural(facets.data.attempts, 'attempt')} in this filter` : 'Which payments exactly, and what happened to one'}
      tools={<Tools search={search} set={set} csv={`/api/transactions.csv${stringifySearch({ ...asked, sort: sortOf(search) })}`} />}
    >
      <div className="grid gap-4 lg:grid-cols-[13rem_1fr]">
        <aside aria-label="Facets" className="max-lg:hidden">
          {facets.error ? <Problem error={facets.error} /> : facets.data ? <Facets values={facets.data.values} total={facets.data.attempts} isChosen={isChosen} onToggle={toggleFacet} /> : <Skeleton className="h-96" />}
        </aside>
        <Card stale={found.isPlaceholderData} className="overflow-hidden [&>div]:px-0 [&>div]:pb-0">
          {found.error ? (
            <div className="px-4">
              <Problem error={found.error} retry={() => void found.refetch()} />
            </div>
          ) : found.isPending ? (
            <Skeleton className="h-96" />
          ) : rows.length === 0 ? (
            <Empty title="No attempt matches">Choose a longer range or take a filter away.</Empty>
          ) : (
            <Attempts rows={rows} zone={zone} more={more} hasMore={found.hasNextPage} onOpen={(payment) => set({ payment })} />
          )}
        </Card>
      </div>
      <Dialog open={search.payment !== undefined} onClose={() => set({ payment: undefined })} title={`Payment ${search.payment ?? ''}`} shape="drawer">
        {search.payment && <Payment id={search.payment} zone={zone} />}
      </Dialog>
    </Page>
  )
}

function Tools({ search, set, csv }: { search: ExplorerSearch; set: (changes: ExplorerSearch) => void; csv: string }) {
  const [text, setText] = useState(search.q ?? '')
  return (
    <div className="flex flex-wrap items-center gap-2">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          set({ q: text.trim() || undefined })
        }}
      >
        <input data-find type="search" value={text} onChange={(event) => setText(event.target.value)} placeholder="Payment, attempt or merchant id" aria-label="Find by id" className="h-8 w-64 rounded-lg border bg-card px-2.5" />
      </form>
      <select aria-label="Order" value={sortOf(search)} onChange={(event) => set({ sort: event.target.value === 'time' ? undefined : event.target.value })} className="h-8 rounded-lg border bg-card px-2">
        {Object.entries(SORTS).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <a href={csv} download className="inline-flex h-8 items-center gap-1.5 rounded-lg border bg-card px-2.5 text-[13px] font-medium hover:border-line-strong">
        <Download aria-hidden size={14} /> CSV
      </a>
    </div>
  )
}
