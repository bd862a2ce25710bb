/** What the address of the explorer says besides the scope. */
export type ExplorerSearch = {
  result?: string | undefined
  reason?: string | undefined
  q?: string | undefined
  sort?: string | undefined
  payment?: string | undefined
}

const KEYS = ['result', 'reason', 'q', 'sort', 'payment'] as const

export function explorerSearch(search: Record<string, unknown>): ExplorerSearch {
  return Object.fromEntries(KEYS.map((key) => [key, typeof search[key] === 'string' && search[key] !== '' ? search[key] : undefined]))
}

export const SORTS = { time: 'Newest first', amount: 'Largest first', fraud_score: 'Riskiest first', processing_time: 'Slowest first' } as const
export type SortKey = keyof typeof SORTS
export const sortOf = (search: ExplorerSearch): SortKey => (search.sort && search.sort in SORTS ? (search.sort as SortKey) : 'time')
