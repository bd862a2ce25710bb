import type { LucideIcon } from 'lucide-react'
import { Activity, Bot, Brain, CircleX, CreditCard, DatabaseZap, FlaskConical, Gauge, LayoutDashboard, ListChecks, MessageCircleQuestion, NotebookText, RefreshCw, Rocket, Scale, Siren, Split, Table } from 'lucide-react'

/** Every page that works, in the order of the navigation. `key` is pressed after g. */
export type Place = { to: string; name: string; icon: LucideIcon; key: string; says: string }
export type Group = { name: string; places: readonly Place[] }

export const GROUPS: readonly Group[] = [
  {
    name: 'Run',
    places: [
      { to: '/', name: 'Dashboard', icon: Gauge, key: 'd', says: 'Is approval good, why did it move, what to do now' },
      { to: '/live', name: 'Live monitor', icon: Activity, key: 'l', says: 'Is something breaking this minute' },
      { to: '/dashboards', name: 'Analytics dashboards', icon: LayoutDashboard, key: 'a', says: 'Twelve boards over the gold views' },
      { to: '/transactions', name: 'Transactions', icon: Table, key: 't', says: 'Which payments exactly, and what happened to one' },
    ],
  },
  {
    name: 'Find',
    places: [
      { to: '/declines', name: 'Declines', icon: CircleX, key: 'e', says: 'Where we lose good money' },
      { to: '/reason-codes', name: 'Reason codes', icon: ListChecks, key: 'c', says: 'Do we read the codes right' },
      { to: '/incidents', name: 'Incidents', icon: Siren, key: 'i', says: 'What broke, who acts, is it over' },
    ],
  },
  {
    name: 'Fix',
    places: [
      { to: '/smart-checkout', name: 'Smart checkout', icon: CreditCard, key: 'o', says: 'Where friction costs more than fraud saves' },
      { to: '/smart-retry', name: 'Smart retry', icon: RefreshCw, key: 'r', says: 'What to retry, when, and what it returned' },
      { to: '/decisioning', name: 'Decisioning', icon: Split, key: 'p', says: 'What would be decided for one payment, and why' },
      { to: '/rules', name: 'Rules', icon: Scale, key: 'u', says: 'Which rules run, and do they help' },
      { to: '/experiments', name: 'Experiments', icon: FlaskConical, key: 'x', says: 'Did it work' },
    ],
  },
  {
    name: 'Intelligence',
    places: [
      { to: '/ask', name: 'Ask data', icon: MessageCircleQuestion, key: 'k', says: 'Answer me in words' },
      { to: '/models', name: 'ML models', icon: Brain, key: 'm', says: 'Can the four models be trusted' },
      { to: '/agents', name: 'AI agents', icon: Bot, key: 'v', says: 'What the agents advise, with evidence' },
    ],
  },
  {
    name: 'Operate',
    places: [
      { to: '/setup', name: 'Setup & Run', icon: Rocket, key: 's', says: 'Is everything there, and what has to run next' },
      { to: '/notebooks', name: 'Notebooks', icon: NotebookText, key: 'n', says: 'What runs in the workspace, and from which source' },
      { to: '/data-quality', name: 'Data quality', icon: DatabaseZap, key: 'q', says: 'Can today’s numbers be believed' },
    ],
  },
]

export const PLACES: readonly Place[] = GROUPS.flatMap((group) => group.places)
