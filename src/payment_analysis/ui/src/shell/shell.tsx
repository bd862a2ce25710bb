import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { lazy, Suspense, useCallback, useState } from 'react'

import { getAuthStatusOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ScopeBar } from '@/scope/bar'

import { Account } from './account'
import { AskButton } from './ask-button'
import { Bell } from './bell'
import { DataBadge } from './data-badge'
import { Navigation } from './navigation'
import { useShortcuts } from './shortcuts'
import { ThemeButton } from './theme'

const Doorstep = lazy(async () => ({ default: (await import('./doorstep')).Doorstep }))
const Help = lazy(async () => ({ default: (await import('./help')).Help }))
const Palette = lazy(async () => ({ default: (await import('./palette')).Palette }))

/** What stands around every page. */
export function Shell() {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  const close = useCallback(() => setOpen(null), [])
  const openPalette = useCallback(() => setOpen('palette'), [])
  const openHelp = useCallback(() => setOpen('help'), [])
  useShortcuts({ openPalette, openHelp })
  const { data: status } = useQuery(getAuthStatusOptions())
  if (status && !status.authenticated) return <Suspense><Doorstep /></Suspense>
  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-lg focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent">
        To the content
      </a>
      <Navigation />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-20 flex flex-wrap items-center gap-2 border-b bg-card px-4 py-2 md:px-6">
          <ScopeBar />
          <DataBadge />
          <button type="button" onClick={openPalette} className="inline-flex h-8 items-center gap-2 rounded-lg border bg-page px-2.5 text-[13px] text-ink-3 hover:text-ink" aria-label="Open the palette" aria-keyshortcuts="Control+K Meta+K">
            <Search aria-hidden size={14} />
            <kbd className="hidden font-sans text-[11px] sm:inline">Ctrl K</kbd>
          </button>
          <AskButton />
          <ThemeButton />
          <Bell />
          <Account />
        </header>
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      {open === 'palette' && (
        <Suspense>
          <Palette onClose={close} />
        </Suspense>
      )}
      {open === 'help' && (
        <Suspense>
          <Help open onClose={close} />
        </Suspense>
      )}
    </div>
  )
}
