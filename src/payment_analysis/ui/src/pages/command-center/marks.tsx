import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bot, Flag, FlaskConical, Scale, Siren } from 'lucide-react'

import type { Mark, PulseOut } from '@/api/generated'
import { listMarksOptions } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { Problem } from '@/parts/states'
import { parseSearch } from '@/scope/search'

const SIGNS = { rule: Scale, experiment: FlaskConical, model: Bot, setting: Flag, incident: Siren } as const
const SHOWN = 5

/** What changed since the first point of the chart; nothing is asked while there is no chart. */
export function useMarks(points: readonly PulseOut[]) {
  const since = points[0]?.start
  return useQuery({ ...listMarksOptions({ query: { since: since ?? '' } }), enabled: Boolean(since), placeholderData: (before) => before })
}

/** The point a change falls into: the last one that began before it. */
export const placeOf = (mark: Mark, points: readonly PulseOut[]) => points.findLastIndex((one) => Date.parse(one.start ?? '') <= Date.parse(mark.at))

/** The newest changes as links, so that the lines in the chart can be read, and followed. */
export function Marks({ marks, error, zone }: { marks: readonly Mark[]; error: unknown; zone: string }) {
  if (error) return <Problem error={error} />
  if (marks.length === 0) return null
  return (
    <section aria-label="Changes in this time">
      <h3 className="mt-2 text-xs font-medium text-ink-3">Changes in this time</h3>
      <ul className="mt-1 flex flex-col gap-1 text-xs">
        {marks.slice(-SHOWN).map((mark) => {
          const Sign = SIGNS[mark.kind]
          const [to, search = ''] = mark.link.split('?')
          return (
            <li key={`${mark.at} ${mark.title}`} className="flex items-center gap-2">
              <Sign aria-hidden size={13} className="shrink-0 text-ink-3" />
              <Link to={to as never} search={parseSearch(search) as never} className="truncate text-accent-ink hover:underline">
                {mark.title}
              </Link>
              <span className="num shrink-0 text-ink-3">
                {moment(mark.at, zone)}, {mark.by}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
