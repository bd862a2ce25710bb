import type { ComponentProps } from 'react'

const LOOKS = {
  plain: 'border bg-card text-ink hover:border-line-strong',
  quiet: 'text-ink-2 hover:bg-page hover:text-ink',
  strong: 'bg-accent text-on-accent hover:opacity-90',
} as const

type Props = ComponentProps<'button'> & { look?: keyof typeof LOOKS }

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: Props) {
  return (
    <button
      type={type}
      className={`inline-flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-[13px] font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${LOOKS[look]} ${className}`}
      {...rest}
    />
  )
}

/** A button that is only a sign; its name is said by a screen reader and shown on hover. */
export function IconButton({ name, className = '', ...rest }: ComponentProps<'button'> & { name: string }) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      className={`inline-grid size-7 shrink-0 place-items-center rounded-md text-ink-3 transition-colors hover:bg-page hover:text-ink ${className}`}
      {...rest}
    />
  )
}
