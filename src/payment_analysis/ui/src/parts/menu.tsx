import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'

/** A button that opens a small panel beside it. */
export function Menu({ label, trigger, children, align = 'start' }: { label: string; trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content aria-label={label} align={align} sideOffset={6} collisionPadding={12} className="z-50 max-h-[70vh] min-w-56 overflow-auto rounded-xl border bg-card p-2 text-ink shadow-over">
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** What closes the panel when it is chosen; wraps a button. */
export const MenuClose = Popover.Close
