import { useQuery } from '@tanstack/react-query'
import { SendHorizontal } from 'lucide-react'
import { useState } from 'react'

import type { ChipChoice } from '@/api/generated'
import { ask } from '@/api/generated'
import { suggestQuestionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Problem, Skeleton } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

import { AnswerView, Questions } from './answer'

const LONGEST = 500
const LANGUAGES = ['en', 'pt', 'es'] as const
const language = () => LANGUAGES.find((one) => navigator.language.startsWith(one)) ?? 'en'

/** A question, and its answer within the scope of the page. */
export function Asking({ question, onAsk }: { question: string; onAsk: (question: string) => void }) {
  const { scope, zone } = useScope()
  const query = apiScope(scope)
  const [chosen, setChosen] = useState<{ question: string; choice: ChipChoice } | null>(null)
  const spec = chosen?.question === question ? chosen.choice.spec : null
  const found = useQuery({
    queryKey: ['ask', question, spec, query],
    enabled: question !== '',
    queryFn: async ({ signal }) => (await ask({ body: { question, spec }, query, signal, throwOnError: true })).data,
    placeholderData: (before) => before,
  })
  return (
    <div className="flex flex-col gap-4">
      <QuestionForm key={question} question={question} onAsk={onAsk} />
      {found.error ? (
        <Problem error={found.error} retry={() => void found.refetch()} />
      ) : question === '' ? (
        <Beginnings onAsk={onAsk} />
      ) : found.data ? (
        <AnswerView answer={found.data} zone={zone} stale={found.isPlaceholderData} onChoose={(choice) => setChosen({ question, choice })} onAsk={onAsk} />
      ) : (
        <Skeleton className="h-40" />
      )}
    </div>
  )
}

function QuestionForm({ question, onAsk }: { question: string; onAsk: (question: string) => void }) {
  const [text, setText] = useState(question)
  const send = (event: { preventDefault: () => void }) => {
    event.preventDefault()
    if (text.trim() !== '') onAsk(text.trim())
  }
  return (
    <form onSubmit={send} className="flex gap-2">
      <input
        data-find
        aria-label="Your question"
        value={text}
        maxLength={LONGEST}
        onChange={(event) => setText(event.target.value)}
        placeholder="Approval rate by network last month"
        className="h-10 min-w-0 flex-1 rounded-lg border bg-card px-3 text-[15px] text-ink placeholder:text-ink-3"
      />
      <Button look="strong" type="submit" className="h-10 px-4">
        <SendHorizontal aria-hidden size={15} /> Ask
      </Button>
    </form>
  )
}

function Beginnings({ onAsk }: { onAsk: (question: string) => void }) {
  const { data, error } = useQuery(suggestQuestionsOptions({ query: { language: language() } }))
  if (error) return <Problem error={error} />
  return data ? <Questions title="For example" questions={data.questions} onAsk={onAsk} /> : <Skeleton className="h-24" />
}
