import { createFileRoute, useNavigate } from '@tanstack/react-router'

import { Asking } from '@/pages/ask/asking'
import { Page } from '@/parts/page'

export const Route = createFileRoute('/ask')({
  validateSearch: (search: Record<string, unknown>): { question?: string | undefined } => ({ question: typeof search.question === 'string' ? search.question : undefined }),
  component: Ask,
})

function Ask() {
  const { question } = Route.useSearch()
  const navigate = useNavigate()
  const asked = (next: string) => void navigate({ to: '.', search: ((before: object) => ({ ...before, question: next })) as never })
  return (
    <Page title="Ask data" question="Answer me in words: English, Portuguese or Spanish; the SQL is always shown">
      <div className="w-full max-w-4xl">
        <Asking question={question ?? ''} onAsk={asked} />
      </div>
    </Page>
  )
}
