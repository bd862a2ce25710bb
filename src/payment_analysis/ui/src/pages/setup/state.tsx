import { Ban, CircleAlert, CircleCheck, CircleDashed, LoaderCircle, Unplug } from 'lucide-react'

import type { RunState } from '@/api/generated'

const LOOKS = {
  none: { icon: CircleDashed, name: 'Not run yet', ink: 'text-ink-3' },
  waiting: { icon: CircleDashed, name: 'Waiting', ink: 'text-ink-3' },
  running: { icon: LoaderCircle, name: 'Running', ink: 'text-accent' },
  succeeded: { icon: CircleCheck, name: 'Succeeded', ink: 'text-good' },
  failed: { icon: CircleAlert, name: 'Failed', ink: 'text-bad' },
  cancelled: { icon: Ban, name: 'Cancelled', ink: 'text-ink-3' },
  interrupted: { icon: Unplug, name: 'Interrupted', ink: 'text-bad' },
} as const

export const isOver = (state: RunState | undefined) => state !== undefined && state !== 'waiting' && state !== 'running'

/** Where a run stands, by sign, word and colour. */
export function StateSign({ state }: { state: RunState | undefined }) {
  const look = LOOKS[state ?? 'none']
  const Icon = look.icon
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${look.ink}`}>
      <Icon aria-hidden size={15} className={state === 'running' ? 'animate-spin motion-reduce:animate-none' : ''} />
      {look.name}
    </span>
  )
}

/** Seconds as a person counts them. */
export function took(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return ''
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
