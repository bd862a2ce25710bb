import { useQuery } from '@tanstack/react-query'
import { Bookmark, Plus, X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { getScopeOptionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Button, IconButton } from '@/parts/button'
import { Menu } from '@/parts/menu'
import { Skeleton } from '@/parts/states'

import { CompareMenu, RangeMenu, ZoneMenu } from './choices'
import { DimensionMenu } from './dimension-menu'
import type { Dimension } from './search'
import { cleared, DIMENSIONS, valuesOf } from './search'
import { useScope } from './use-scope'

const SavedViews = lazy(async () => ({ default: (await import('./saved-views')).SavedViews }))
const FIRST = new Set(['network', 'country', 'segment', 'psp'])
const FIRST_WIDTHS = ['w-[95px]', 'w-[93px]', 'w-[100px]', 'w-[98px]', 'w-[82px]'] // as wide as what comes, so that nothing moves

/** Which part of the data the page speaks of. It is the address, so a copied address shows the same. */
export function ScopeBar() {
  const { scope, change } = useScope()
  const [all, setAll] = useState(false)
  const { data, isPending } = useQuery(getScopeOptionsOptions())
  const filtered = DIMENSIONS.filter((dimension) => valuesOf(scope, dimension).length > 0)
  const offered = (data?.dimensions ?? []).filter((one) => one.is_known || filtered.includes(one.name as Dimension))
  const shown = offered.filter((one) => all || FIRST.has(one.name) || filtered.includes(one.name as Dimension))
  const hidden = offered.filter((one) => !shown.includes(one))
  return (
    <div role="group" aria-label="Scope" className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5">
      <RangeMenu />
      <CompareMenu />
      {isPending && FIRST_WIDTHS.map((width) => <span key={width} aria-hidden className={`skeleton h-8 shrink-0 rounded-lg ${width}`} />)}
      {shown.map((one) => (
        <DimensionMenu key={one.name} dimension={one.name as Dimension} values={one.values} />
      ))}
      {hidden.length > 0 && (
        <Button look="quiet" aria-expanded={all} onClick={() => setAll(true)}>
          <Plus aria-hidden size={14} /> {hidden.length} more
        </Button>
      )}
      {filtered.length > 0 && (
        <Button look="quiet" onClick={() => change(cleared)}>
          <X aria-hidden size={14} /> Clear
        </Button>
      )}
      <ZoneMenu />
      <Menu label="Saved views" trigger={<IconButton name="Saved views" className="size-8"><Bookmark aria-hidden size={15} /></IconButton>}>
        <Suspense fallback={<Skeleton className="h-10" />}>
          <SavedViews />
        </Suspense>
      </Menu>
    </div>
  )
}
