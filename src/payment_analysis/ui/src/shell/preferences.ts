import { parseSearch, stringifySearch } from '@/scope/search'

/** What this browser remembers of its owner's taste; the address always counts more. */

const HOME = 'home'
const ZONE = 'zone'

export const homePage = () => localStorage.getItem(HOME) ?? '/'
export const homeZone = () => localStorage.getItem(ZONE) ?? 'UTC'
export const rememberHome = (page: string) => localStorage.setItem(HOME, page)
export const rememberZone = (zone: string) => localStorage.setItem(ZONE, zone)

/** Go where the person wants to begin, and tell the address their time zone: what is shown stays in the address. */
export function enter() {
  const place = new URL(location.href)
  if (place.pathname === '/' && place.search === '') place.pathname = homePage()
  const search = parseSearch(place.search)
  if (search.tz === undefined && homeZone() !== 'UTC') place.search = stringifySearch({ ...search, tz: homeZone() })
  if (place.href !== location.href) history.replaceState(null, '', place)
}
