import type { ReactNode } from 'react'
import { useEffect } from 'react'

/** A page: its one heading, what it answers, and its tools. */
export function Page({ title, question, tools, children }: { title: string; question?: ReactNode; tools?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Payment Analysis`
  }, [title])
  return (
    <div className="mx-auto flex w-full max-w-[1560px] flex-col gap-4 px-4 py-5 md:px-6">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {question && <p className="mt-0.5 text-ink-3">{question}</p>}
        </div>
        {tools}
      </div>
      {children}
    </div>
  )
}
