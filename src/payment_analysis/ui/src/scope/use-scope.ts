import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

import type { Dimension, ScopeSearch } from './search'
import { compareOf, scopeOf, toggled } from './search'

/** The scope of the page and the ways to change it; every change is an address one can go back from. */
export function useScope() {
  const search = useSearch({ strict: false }) as ScopeSearch
  const scope = scopeOf(search)
  const navigate = useNavigate()
  const change = useCallback(
    (changes: ScopeSearch) => navigate({ to: '.', search: (before: object) => ({ ...before, ...changes }) as never }),
    [navigate],
  )
  const toggle = useCallback(
    (dimension: Dimension, value: string) => change({ [dimension]: toggled(scope, dimension, value) }),
    [change, scope],
  )
  return { scope, zone: scope.tz ?? 'UTC', compare: compareOf(scope), change, toggle }
}
