import type { ReactElement, ReactNode } from 'react'
import { cloneElement, lazy, Suspense, useState } from 'react'

export type MenuProps = { label: string; trigger: ReactElement<Trigger>; children: ReactNode; align?: 'start' | 'end' }

type Trigger = { onClick?: () => void; onPointerEnter?: () => void; 'aria-haspopup'?: 'dialog'; 'aria-expanded'?: boolean }

const load = () => import('./popover')
const Popover = lazy(async () => ({ default: (await load()).Popover }))

/** A button that opens a small panel beside it. The panel's code, a tenth of the first page's, comes when it is asked for. */
export function Menu(props: MenuProps) {
  const [used, setUsed] = useState(false)
  const closed = cloneElement(props.trigger, {
    onClick: () => setUsed(true),
    onPointerEnter: () => void load(),
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
  })
  return used ? (
    <Suspense fallback={closed}>
      <Popover {...props} />
    </Suspense>
  ) : (
    closed
  )
}
