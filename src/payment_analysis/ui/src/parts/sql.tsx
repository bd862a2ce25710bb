import { Check, Code, Copy } from 'lucide-react'
import { useState } from 'react'

import { IconButton } from './button'
import { Dialog } from './dialog'

type Question = { name: string; sql: string }

/** Shows the SQL a number came from; what is shown is what ran. */
export function SqlButton({ title, questions }: { title: string; questions: readonly Question[] }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton name={`SQL behind ${title}`} onClick={() => setOpen(true)}>
        <Code aria-hidden size={15} />
      </IconButton>
      <Dialog open={open} onClose={() => setOpen(false)} title={`SQL behind ${title}`}>
        <div className="flex flex-col gap-4 p-4">
          {questions.map((question) => (
            <SqlText key={question.name} {...question} />
          ))}
        </div>
      </Dialog>
    </>
  )
}

export function SqlText({ name, sql }: Question) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(sql)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <figure>
      <figcaption className="mb-1 flex items-center justify-between text-xs text-ink-3">
        <span>{name.replaceAll('_', ' ')}</span>
        <IconButton name={copied ? 'Copied' : 'Copy'} onClick={copy}>
          {copied ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
        </IconButton>
      </figcaption>
      <pre tabIndex={0} aria-label={`SQL: ${name}`} className="overflow-auto rounded-lg border bg-page p-3 font-mono text-xs leading-relaxed text-ink-2">
        {sql}
      </pre>
    </figure>
  )
}
