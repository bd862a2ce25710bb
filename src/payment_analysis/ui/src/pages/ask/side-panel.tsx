import { useState } from 'react'

import { Dialog } from '@/parts/dialog'

import { Asking } from './asking'

/** Questions beside the page one is on, about what its scope holds. */
export function AskPanel({ onClose }: { onClose: () => void }) {
  const [question, setQuestion] = useState('')
  return (
    <Dialog open onClose={onClose} title="Ask about what this page shows" shape="drawer">
      <div className="p-4">
        <Asking question={question} onAsk={setQuestion} />
      </div>
    </Dialog>
  )
}
