import { createRootRoute, Link, retainSearchParams } from '@tanstack/react-router'

import { Page } from '@/parts/page'
import { Problem } from '@/parts/states'
import type { ScopeSearch } from '@/scope/search'
import { SCOPE_KEYS, scopeOf } from '@/scope/search'
import { Shell } from '@/shell/shell'

export const Route = createRootRoute({
  validateSearch: (search: Record<string, unknown>): ScopeSearch => scopeOf(search),
  search: { middlewares: [retainSearchParams<ScopeSearch>([...SCOPE_KEYS])] },
  component: Shell,
  errorComponent: ({ error, reset }) => (
    <Page title="Something went wrong">
      <Problem error={error} retry={reset} />
    </Page>
  ),
  notFoundComponent: NotFound,
})

function NotFound() {
  return (
    <Page title="There is no such page" question="The address may be mistyped, or the page has another name now.">
      <p className="text-ink-2">
        Press <kbd className="rounded border bg-card px-1.5 py-0.5 font-mono text-xs">Ctrl K</kbd> to find a page by name, or go to the{' '}
        <Link to="/" className="text-accent-ink underline">
          dashboard
        </Link>
        .
      </p>
    </Page>
  )
}
