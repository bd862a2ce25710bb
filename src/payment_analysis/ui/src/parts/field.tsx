import type { ComponentProps, ReactNode } from 'react'

const LOOK = 'w-full min-w-0 rounded-lg border bg-page px-2.5 text-[13px] text-ink'

/** A box of a form with its name above it. */
export function Field({ label, note, children }: { label: ReactNode; note?: ReactNode; children: ReactNode }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-xs text-ink-3">
      {label}
      {children}
      {note && <span>{note}</span>}
    </label>
  )
}

export const Input = ({ className = '', ...rest }: ComponentProps<'input'>) => <input className={`${LOOK} h-8 ${className}`} {...rest} />

/** A line of text with its name above it. */
export function TextField({ label, note, ...rest }: ComponentProps<'input'> & { label: ReactNode; note?: ReactNode }) {
  return (
    <Field label={label} note={note}>
      <Input {...rest} />
    </Field>
  )
}

/** Several lines of text with their name above them. */
export function AreaField({ label, note, className = '', ...rest }: ComponentProps<'textarea'> & { label: ReactNode; note?: ReactNode }) {
  return (
    <Field label={label} note={note}>
      <textarea className={`${LOOK} py-1.5 ${className}`} {...rest} />
    </Field>
  )
}

/** One of a few values, with its name above it. */
export function SelectField({ label, choices, ...rest }: ComponentProps<'select'> & { label: ReactNode; choices: readonly (readonly [string, string])[] }) {
  return (
    <Field label={label}>
      <select className={`${LOOK} h-8`} {...rest}>
        {choices.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  )
}
