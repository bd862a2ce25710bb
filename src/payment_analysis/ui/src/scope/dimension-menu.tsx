import { ChevronDown } from 'lucide-react'
import { useState } from 'react'

import { count } from '@/format/number'
import { valueName } from '@/format/words'
import { Menu } from '@/parts/menu'

import type { Dimension } from './search'
import { DIMENSION_NAMES, valuesOf } from './search'
import { useScope } from './use-scope'

const SEARCH_FROM = 9 // fewer values are read faster than typed

type Props = { dimension: Dimension; values: readonly { value: string; attempts: number }[] }

/** One dimension of the scope: which of its values count; none chosen means all. */
export function DimensionMenu({ dimension, values }: Props) {
  const { scope, change, toggle } = useScope()
  const [text, setText] = useState('')
  const chosen = valuesOf(scope, dimension)
  const name = DIMENSION_NAMES[dimension]
  const first = chosen[0]
  const shown = first === undefined ? name : `${valueName(dimension, first)}${chosen.length > 1 ? ` +${chosen.length - 1}` : ''}`
  const fits = values.filter(({ value }) => `${value} ${valueName(dimension, value)}`.toLowerCase().includes(text.toLowerCase()))
  return (
    <Menu
      label={name}
      trigger={
        <button
          type="button"
          aria-label={chosen.length > 0 ? `${name}: ${chosen.join(', ')}` : name}
          className={`inline-flex h-8 items-center gap-1 rounded-lg border px-2.5 text-[13px] transition-colors ${
            first === undefined ? 'border-dashed text-ink-2 hover:border-line-strong' : 'border-accent bg-accent-soft font-medium text-accent-ink'
          }`}
        >
          {shown}
          <ChevronDown aria-hidden size={13} className="opacity-70" />
        </button>
      }
    >
      {values.length >= SEARCH_FROM && (
        <input
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={`Find ${name.toLowerCase()}`}
          aria-label={`Find ${name.toLowerCase()}`}
          className="mb-1 h-8 w-full rounded-lg border bg-page px-2"
        />
      )}
      <ul className="min-w-60">
        {fits.map(({ value, attempts }) => (
          <li key={value}>
            <label className="flex h-8 items-center gap-2 rounded-md px-2 hover:bg-page">
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(dimension, value)} className="size-3.5 accent-accent" />
              <span className="min-w-0 flex-1 truncate">{valueName(dimension, value)}</span>
              <span className="num text-xs text-ink-3">{count(attempts)}</span>
            </label>
          </li>
        ))}
        {fits.length === 0 && <li className="px-2 py-3 text-ink-3">No value contains “{text}”.</li>}
      </ul>
      {chosen.length > 0 && (
        <button type="button" className="mt-1 h-8 w-full rounded-md border-t px-2 text-left text-ink-2 hover:text-ink" onClick={() => change({ [dimension]: undefined })}>
          All {name.toLowerCase()} values
        </button>
      )}
    </Menu>
  )
}
