import { useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'

import { getScopeOptionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count } from '@/format/number'
import { duration, moment } from '@/format/time'
import { useScope } from '@/scope/use-scope'

const SOURCES: Record<string, string> = { simulated: 'Simulated', user: 'Own data' }

/** Where the numbers come from and how old they are; in view on every page. */
export function DataBadge() {
  const { zone } = useScope()
  const { data } = useQuery({ ...getScopeOptionsOptions(), refetchInterval: 60_000 })
  if (!data) return null
  const seconds = (Date.parse(data.checked_at) - Date.parse(data.newest_event)) / 1000
  const names = data.origins.map((one) => SOURCES[one.origin] ?? one.origin).join(' + ')
  const attempts = data.origins.reduce((sum, one) => sum + one.attempts, 0)
  const simulated = data.origins.some((one) => one.origin === 'simulated')
  return (
    <span
      title={`${count(attempts)} attempts; the newest of ${moment(data.newest_event, zone)} (${zone})`}
      className={`inline-flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-xs whitespace-nowrap ${simulated ? 'bg-warn-soft text-warn' : 'bg-good-soft text-good'}`}
    >
      <Database aria-hidden size={13} />
      {names}, {duration(seconds)} old
    </span>
  )
}
