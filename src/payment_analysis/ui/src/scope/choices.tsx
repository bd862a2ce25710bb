import { Calendar, Globe } from 'lucide-react'
import type { ReactNode } from 'react'
import { useState } from 'react'

import { Button } from '@/parts/button'
import { Menu } from '@/parts/menu'

import { RANGE_ALL, RANGE_DEFAULT } from './search'
import { useScope } from './use-scope'

export const RANGES = [
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['90d', 'Last 90 days'],
  [RANGE_ALL, 'All time'],
] as const

const COMPARISONS = [
  ['prev', 'Period before'],
  ['weekdays', 'Same weekdays'],
  ['none', 'No comparison'],
] as const

export const ZONES = ['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone, 'America/Sao_Paulo', 'America/Mexico_City', 'America/New_York', 'Europe/London', 'Europe/Berlin', 'Asia/Tokyo']

export function RangeMenu() {
  const { scope, change } = useScope()
  const range = scope.from ? 'custom' : (scope.range ?? RANGE_DEFAULT)
  const custom = scope.from ? `${scope.from.slice(0, 16).replace('T', ' ')} to ${scope.to?.slice(0, 16).replace('T', ' ') ?? 'now'}` : ''
  return (
    <Menu label="Range" trigger={<Trigger sign={<Calendar aria-hidden size={14} />} name="Range" value={RANGES.find(([key]) => key === range)?.[1] ?? custom} />}>
      {RANGES.map(([key, name]) => (
        <Choice key={key} chosen={range === key} onChoose={() => change({ range: key, from: undefined, to: undefined })}>
          {name}
        </Choice>
      ))}
      <CustomRange />
    </Menu>
  )
}

function CustomRange() {
  const { scope, zone, change } = useScope()
  const [from, setFrom] = useState(scope.from?.slice(0, 16) ?? '')
  const [to, setTo] = useState(scope.to?.slice(0, 16) ?? '')
  const isEmpty = from === '' || (to !== '' && to <= from)
  return (
    <form
      className="mt-1 flex flex-col gap-2 border-t px-2 pt-2"
      onSubmit={(event) => {
        event.preventDefault()
        change({ range: undefined, from, to: to || undefined })
      }}
    >
      <Moment name="From" value={from} onChange={setFrom} />
      <Moment name="To" value={to} onChange={setTo} />
      <p className="text-xs text-ink-3">Times are {zone}.</p>
      <Button look="strong" type="submit" disabled={isEmpty}>
        Show this range
      </Button>
    </form>
  )
}

function Moment({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="flex items-center justify-between gap-3 text-xs text-ink-2">
      {name}
      <input type="datetime-local" value={value} onChange={(event) => onChange(event.target.value)} className="h-8 rounded-lg border bg-page px-2 text-[13px] text-ink" />
    </label>
  )
}

export function CompareMenu() {
  const { compare, scope, change } = useScope()
  if (scope.range === RANGE_ALL) return null
  return (
    <Menu label="Compare with" trigger={<Trigger name="Compare with" value={compare === 'none' ? 'No comparison' : `vs ${compare === 'prev' ? 'period before' : 'same weekdays'}`} />}>
      {COMPARISONS.map(([key, name]) => (
        <Choice key={key} chosen={compare === key} onChoose={() => change({ compare: key === 'prev' ? undefined : key })}>
          {name}
        </Choice>
      ))}
    </Menu>
  )
}

export function ZoneMenu() {
  const { zone, change } = useScope()
  const zones = [...new Set([...ZONES, zone])]
  return (
    <Menu label="Time zone" trigger={<Trigger sign={<Globe aria-hidden size={14} />} name="Time zone" value={zone} quiet />}>
      {zones.map((name) => (
        <Choice key={name} chosen={zone === name} onChoose={() => change({ tz: name === 'UTC' ? undefined : name })}>
          {name}
        </Choice>
      ))}
    </Menu>
  )
}

function Trigger({ name, value, sign, quiet = false, ...rest }: { name: string; value: string; sign?: ReactNode; quiet?: boolean }) {
  return (
    <button
      type="button"
      aria-label={`${name}: ${value}`}
      className={`inline-flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-[13px] whitespace-nowrap ${quiet ? 'text-ink-3 hover:text-ink' : 'border bg-card font-medium hover:border-line-strong'}`}
      {...rest}
    >
      {sign}
      {value}
    </button>
  )
}

function Choice({ chosen, onChoose, children }: { chosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onChoose}
      className={`flex h-8 w-full items-center rounded-md px-2 text-left hover:bg-page ${chosen ? 'bg-accent-soft font-medium text-accent-ink' : ''}`}
    >
      {children}
    </button>
  )
}
