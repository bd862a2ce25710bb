import type { FacetValue } from '@/api/generated'
import { count, percent } from '@/format/number'
import { label, valueName } from '@/format/words'

const TITLES: Record<string, string> = { result: 'Result', reason: 'Decline reason', network: 'Network', country: 'Country', segment: 'Segment', psp: 'Provider', solution: 'Solution' }
const SHOWN = 6

type Props = {
  values: readonly FacetValue[]
  total: number
  isChosen: (facet: string, value: string) => boolean
  onToggle: (facet: string, value: string) => void
}

/** What the found attempts have in common; a click narrows the filter. */
export function Facets({ values, total, isChosen, onToggle }: Props) {
  return (
    <div className="flex flex-col gap-4">
      {Object.entries(TITLES).map(([facet, title]) => {
        const own = values.filter((one) => one.facet === facet && one.value !== null).slice(0, SHOWN)
        if (own.length === 0) return null
        return (
          <section key={facet}>
            <h2 className="mb-1 px-2 text-xs font-medium text-ink-3">{title}</h2>
            <ul>
              {own.map(({ value, attempts }) => {
                const chosen = isChosen(facet, value ?? '')
                return (
                  <li key={value}>
                    <button
                      type="button"
                      aria-pressed={chosen}
                      onClick={() => onToggle(facet, value ?? '')}
                      className={`relative flex h-7 w-full items-center gap-2 overflow-hidden rounded-md px-2 text-left text-[13px] hover:bg-card ${chosen ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-2'}`}
                    >
                      <span className="min-w-0 flex-1 truncate">{facet === 'reason' ? label((value ?? '').toLowerCase()) : valueName(facet, value ?? '')}</span>
                      <span className="num text-xs text-ink-3" title={`${count(attempts)} attempts`}>
                        {percent(total ? attempts / total : null, 0)}
                      </span>
                    </button>
                  </li>
                )
              })}
            </ul>
          </section>
        )
      })}
    </div>
  )
}
