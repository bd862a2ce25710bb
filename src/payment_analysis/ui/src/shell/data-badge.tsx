import { useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'

import { getScopeOptionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { failureOf } from '@/api/problem'
import { REFRESH_MS } from '@/api/queries'
import { count } from '@/format/number'
import { duration, moment } from '@/format/time'
import { useScope } from '@/scope/use-scope'

const SOURCES: Record<string, string> = { simulated: 'Simulated', user: 'Own data', mixed: 'Own and simulated', examples: 'Examples' }

/** Where the numbers come from and how old they are; in view on every page. */
export function DataBadge() {
  const { zone } = useScope()
  const { data, error, isPending } = useQuery({ ...getScopeOptionsOptions(), refetchInterval: REFRESH_MS })
  if (isPending) return <span aria-hidden className="skeleton h-8 w-[150px] rounded-lg" />
  if (!data) return <span className="text-xs text-ink-3">{failureOf(error).title}</span>
  const isOwn = data.source === 'user'
  const age = data.age_seconds === null ? '' : `, ${duration(data.age_seconds)} old`
  return (
    <span
      title={`${count(data.attempts)} attempts; the newest of ${data.as_of ? moment(data.as_of, zone) : 'no time'} (${zone})`}
      className={`inline-flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-xs whitespace-nowrap ${isOwn ? 'bg-good-soft text-good' : 'bg-warn-soft text-warn'}`}
    >
      <Database aria-hidden size={13} />
      {SOURCES[data.source]}
      {age}
    </span>
  )
}
