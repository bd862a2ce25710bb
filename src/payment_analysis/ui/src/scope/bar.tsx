import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'

import { getScopeOptionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'

import { CompareMenu, RangeMenu, ZoneMenu } from './choices'
import { DimensionMenu } from './dimension-menu'
import type { Dimension } from './search'
import { cleared, DIMENSIONS, valuesOf } from './search'
import { useScope } from './use-scope'

/** Which part of the data the page speaks of. It is the address, so a copied address shows the same. */
export function ScopeBar() {
  const { scope, change } = useScope()
  const { data } = useQuery(getScopeOptionsOptions())
  const filtered = DIMENSIONS.filter((dimension) => valuesOf(scope, dimension).length > 0)
  const offered = (data?.dimensions ?? []).filter((one) => one.is_known || filtered.includes(one.name as Dimension))
  return (
    <div role="group" aria-label="Scope" className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5">
      <RangeMenu />
      <CompareMenu />
      {offered.map((one) => (
        <DimensionMenu key={one.name} dimension={one.name as Dimension} values={one.values} />
      ))}
      {filtered.length > 0 && (
        <Button look="quiet" onClick={() => change(cleared)}>
          <X aria-hidden size={14} /> Clear
        </Button>
      )}
      <ZoneMenu />
    </div>
  )
}
