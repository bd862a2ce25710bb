import { Link } from '@tanstack/react-router'

import type { Where } from './condition'
import { startOf } from './condition'

const LOOK = 'inline-flex min-h-[24px] min-w-[24px] items-center whitespace-nowrap text-accent-ink hover:underline'

/** From a cause to what can be done about it; nothing where no decision knows its place. */
export function WaysOn({ where, about, short = false }: { where: Where; about: string; short?: boolean }) {
  const start = startOf(where)
  if (!start) return null
  const search = { new: start.condition, type: start.decision, value: start.value || undefined } as never
  return (
    <span className="inline-flex flex-wrap gap-x-3 text-xs">
      <Link to="/rules" search={search} className={LOOK} aria-label={`Create rule from this: ${about}`}>
        {short ? 'Rule' : 'Create rule from this'}
      </Link>
      <Link to="/experiments" search={search} className={LOOK} aria-label={`Start experiment: ${about}`}>
        {short ? 'Experiment' : 'Start experiment'}
      </Link>
      {start.decision === 'retry' && (
        <Link to="/smart-retry" className={LOOK} aria-label={`Look at retries: ${about}`}>
          Retries
        </Link>
      )}
    </span>
  )
}
