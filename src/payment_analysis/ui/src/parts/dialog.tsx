import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useEffect, useId, useRef } from 'react'

import { IconButton } from './button'

type Props = {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** A drawer comes from the right and keeps the page beside it in view. */
  shape?: 'window' | 'drawer' | 'palette' | 'full'
  tools?: ReactNode
}

const SHAPES = {
  window: 'm-auto w-[min(44rem,94vw)] max-h-[86vh] rounded-xl border',
  drawer: 'ml-auto mr-0 my-0 h-dvh max-h-dvh w-[min(42rem,96vw)] max-w-none border-l',
  palette: 'mx-auto mt-[12vh] mb-auto w-[min(40rem,94vw)] rounded-xl border',
  full: 'm-0 h-dvh max-h-dvh w-screen max-w-none',
} as const

/** The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ open, onClose, title, children, shape = 'window', tools }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    if (open && !dialog.open) dialog.showModal()
    if (!open && dialog.open) dialog.close()
  }, [open])
  useEffect(() => {
    const dialog = ref.current
    const beside = (event: MouseEvent) => event.target === dialog && dialog?.close()
    dialog?.addEventListener('click', beside)
    return () => dialog?.removeEventListener('click', beside)
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={heading}
      onClose={onClose}
      className={`overflow-hidden bg-card p-0 text-ink shadow-over ${SHAPES[shape]}`}
    >
      {open && (
        <div className="flex h-full max-h-[inherit] flex-col">
          <header className={shape === 'palette' ? 'sr-only' : 'flex h-13 shrink-0 items-center gap-2 border-b px-4'}>
            <h2 id={heading} className="min-w-0 flex-1 truncate text-[15px] font-semibold">
              {title}
            </h2>
            {tools}
            {shape !== 'palette' && (
              <IconButton name="Close" onClick={onClose}>
                <X aria-hidden size={16} />
              </IconButton>
            )}
          </header>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
        </div>
      )}
    </dialog>
  )
}
