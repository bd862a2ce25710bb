import type { ComponentProps, ReactNode } from 'react'

const LOOK = 'h-8 w-full min-w-0 rounded-lg border bg-page px-2.5 text-[13px]'

function Named({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-xs text-ink-3">
      {label}
      {children}
    </label>
  )
}

/** A line of text with its name above it. */
export function TextField({ label, ...rest }: ComponentProps<'input'> & { label: ReactNode }) {
  return (
    <Named label={label}>
      <input className={`${LOOK} text-ink`} {...rest} />
    </Named>
  )
}

/** One of a few values, with its name above it. */
export function SelectField({ label, choices, ...rest }: ComponentProps<'select'> & { label: ReactNode; choices: readonly (readonly [string, string])[] }) {
  return (
    <Named label={label}>
      <select className={`${LOOK} text-ink`} {...rest}>
        {choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Named>
  )
}
