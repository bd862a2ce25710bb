import type { ReactNode } from 'react'

type Props = {
  title?: ReactNode
  note?: ReactNode
  tools?: ReactNode
  children: ReactNode
  className?: string
  /** Dims what is shown while newer numbers are on their way; nothing vanishes. */
  stale?: boolean
  level?: 2 | 3
}

export function Card({ title, note, tools, children, className = '', stale = false, level = 2 }: Props) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className={`flex min-w-0 flex-col rounded-xl border bg-card shadow-card ${className}`}>
      {(title || tools) && (
        <header className="flex min-h-11 items-center gap-3 px-4 pt-2">
          <div className="min-w-0 flex-1">
            <Heading className="truncate text-[13px] font-medium text-ink-2">{title}</Heading>
          </div>
          {tools}
        </header>
      )}
      {note && <p className="px-4 text-xs text-ink-3">{note}</p>}
      <div className={`min-h-0 flex-1 px-4 pb-4 transition-opacity ${stale ? 'opacity-60' : ''}`}>{children}</div>
    </section>
  )
}
