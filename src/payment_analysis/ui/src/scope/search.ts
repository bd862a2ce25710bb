/** The scope of a page as its address writes it: flat, readable, nothing hidden. */

export const DIMENSIONS = [
  'network',
  'country',
  'segment',
  'solution',
  'entry_system',
  'merchant',
  'psp',
  'currency',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

export const SCOPE_KEYS = ['range', 'from', 'to', 'compare', ...DIMENSIONS, 'tz'] as const
export type ScopeKey = (typeof SCOPE_KEYS)[number]
export type ScopeSearch = { [key in ScopeKey]?: string | undefined }

export const COMPARES = ['prev', 'weekdays', 'none'] as const
export type Compare = (typeof COMPARES)[number]

export const RANGE_DEFAULT = '30d'
export const RANGE_ALL = 'all'

export const DIMENSION_NAMES: Record<Dimension, string> = {
  network: 'Network',
  country: 'Country',
  segment: 'Segment',
  solution: 'Solution',
  entry_system: 'Entry system',
  merchant: 'Merchant',
  psp: 'Provider',
  currency: 'Currency',
}

export const isDimension = (name: string): name is Dimension => (DIMENSIONS as readonly string[]).includes(name)

/** Keeps every parameter as text: `?range=7d&network=visa,elo`, never encoded JSON. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encodeURIComponent(name)}=${readable(String(value))}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** Percent-encodes what an address must not contain, and leaves commas, slashes and colons to be read. */
function readable(value: string): string {
  return encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%5C', '\\')
}

export function scopeOf(search: Record<string, unknown>): ScopeSearch {
  const scope: ScopeSearch = {}
  for (const key of SCOPE_KEYS) {
    const value = search[key]
    if (typeof value === 'string' && value !== '') scope[key] = value
  }
  return scope
}

export const compareOf = (scope: ScopeSearch): Compare =>
  COMPARES.find((one) => one === scope.compare) ?? 'prev'

/** What the API is asked: the same parameters, with the range that counts when none is written. */
export function apiScope(scope: ScopeSearch): Omit<ScopeSearch, 'compare'> {
  const { compare: _, ...asked } = scope
  if (asked.range === RANGE_ALL) return { ...asked, range: undefined }
  return asked.range || asked.from ? asked : { ...asked, range: RANGE_DEFAULT }
}

/** The values of a dimension; a comma within a value is written `\,`. */
export function valuesOf(scope: ScopeSearch, dimension: Dimension): string[] {
  const text = scope[dimension] ?? ''
  return (text.match(/(?:\\.|[^,])+/gs) ?? []).map((value) => value.replace(/\\(.)/gs, '$1'))
}

export function written(values: readonly string[]): string | undefined {
  return values.length > 0 ? values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(',') : undefined
}

export function toggled(scope: ScopeSearch, dimension: Dimension, value: string): string | undefined {
  const values = valuesOf(scope, dimension)
  return written(values.includes(value) ? values.filter((one) => one !== value) : [...values, value])
}

export const cleared: ScopeSearch = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, undefined]))
