import type { LucideIcon } from 'lucide-react'
import { Gauge, LayoutDashboard, Table } from 'lucide-react'

/** Every page that works, in the order of the navigation. `key` is pressed after g. */
export type Place = { to: string; name: string; icon: LucideIcon; key: string; says: string }
export type Group = { name: string; places: readonly Place[] }

export const GROUPS: readonly Group[] = [
  {
    name: 'Run',
    places: [
      { to: '/', name: 'Dashboard', icon: Gauge, key: 'd', says: 'Is approval good, why did it move, what to do now' },
      { to: '/dashboards', name: 'Analytics dashboards', icon: LayoutDashboard, key: 'a', says: 'Twelve boards over the gold views' },
      { to: '/transactions', name: 'Transactions', icon: Table, key: 't', says: 'Which payments exactly, and what happened to one' },
    ],
  },
]

export const PLACES: readonly Place[] = GROUPS.flatMap((group) => group.places)
