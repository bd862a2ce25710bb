import { Link } from '@tanstack/react-router'
import { CircleAlert, Inbox } from 'lucide-react'
import type { ReactNode } from 'react'

import { failureOf } from '@/api/problem'

import { Button } from './button'

/** Something could not be answered: what, why, and the next step. One such card never breaks the page. */
export function Problem({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const failure = failureOf(error)
  return (
    <div role="alert" className="flex h-full flex-col items-start justify-center gap-2 py-4">
      <p className="flex items-center gap-2 font-medium text-bad">
        <CircleAlert aria-hidden size={16} /> {failure.title}
      </p>
      <p className="text-ink-2">{failure.detail}</p>
      {failure.hint && <p className="text-ink-3">{failure.hint}</p>}
      {failure.kind === 'not-built' && (
        <Link to="/setup" className="text-accent-ink hover:underline">
          Set it up and run it
        </Link>
      )}
      {retry && (
        <Button onClick={retry} className="mt-1">
          Try again
        </Button>
      )}
    </div>
  )
}

/** Nothing to show: says why, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1.5 px-4 py-8 text-center">
      <Inbox aria-hidden size={20} className="text-ink-3" />
      <p className="font-medium text-ink-2">{title}</p>
      {children && <div className="max-w-md text-ink-3">{children}</div>}
    </div>
  )
}

export function Skeleton({ className = 'h-24' }: { className?: string }) {
  return <div aria-hidden className={`skeleton w-full ${className}`} />
}
