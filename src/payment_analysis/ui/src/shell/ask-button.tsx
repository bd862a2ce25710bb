import { MessageCircleQuestion } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { IconButton } from '@/parts/button'

const AskPanel = lazy(async () => ({ default: (await import('@/pages/ask/side-panel')).AskPanel }))

/** Opens a question beside the page; what it needs is loaded then. */
export function AskButton() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton name="Ask about this page" className="size-8 border" onClick={() => setOpen(true)}>
        <MessageCircleQuestion aria-hidden size={15} />
      </IconButton>
      {open && (
        <Suspense>
          <AskPanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
