import type { LucideIcon } from 'lucide-react'
import { Gauge } from 'lucide-react'

/** Every page that works, in the order of the navigation. `key` is pressed after g. */
export type Place = { to: string; name: string; icon: LucideIcon; key: string; says: string }
export type Group = { name: string; places: readonly Place[] }

export const GROUPS: readonly Group[] = [
  {
    name: 'Run',
    places: [{ to: '/', name: 'Dashboard', icon: Gauge, key: 'd', says: 'Is approval good, why did it move, what to do now' }],
  },
]

export const PLACES: readonly Place[] = GROUPS.flatMap((group) => group.places)
