import { Popover as Radix } from 'radix-ui'

import type { MenuProps } from './menu'

/** The panel beside a button; it is loaded when the button is first used, and opens at once. */
export function Popover({ label, trigger, children, align = 'start' }: MenuProps) {
  return (
    <Radix.Root defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content aria-label={label} align={align} sideOffset={6} collisionPadding={12} className="z-50 max-h-[70vh] min-w-56 overflow-auto rounded-xl border bg-card p-2 text-ink shadow-over">
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A button inside the panel that closes it when it is chosen. */
export const PopoverClose = Radix.Close
