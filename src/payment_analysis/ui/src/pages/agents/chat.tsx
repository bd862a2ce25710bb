import { useState } from 'react'

import { Button } from '@/parts/button'
import { TextField } from '@/parts/field'
import { Problem } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

import type { Step } from './listen'
import { listen } from './listen'

/** Asks the orchestrator within the scope of the page, and collects each step as it is taken. */
export function useAsking(onDone: (runId: string) => void) {
  const { scope } = useScope()
  const [steps, setSteps] = useState<readonly Step[]>([])
  const [error, setError] = useState<unknown>(null)
  const [asking, setAsking] = useState(false)
  const ask = async (question: string) => {
    setSteps([])
    setError(null)
    setAsking(true)
    try {
      onDone(await listen(question, apiScope(scope), (step) => setSteps((before) => [...before, step])))
    } catch (problem) {
      setError(problem)
    } finally {
      setAsking(false)
    }
  }
  return { steps, error, asking, ask }
}

type Props = { question: string; onQuestion: (question: string) => void; chat: ReturnType<typeof useAsking> }

/** A question to the orchestrator, and each step as it is taken. */
export function Chat({ question, onQuestion, chat: { steps, error, asking, ask } }: Props) {
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void ask(question)
      }}
    >
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField label="Question" value={question} maxLength={4000} placeholder="Why did approval drop yesterday?" onChange={(event) => onQuestion(event.target.value)} />
        </div>
        <Button type="submit" look="strong" disabled={asking || question.trim() === ''}>
          {asking ? 'Asking…' : 'Ask'}
        </Button>
      </div>
      {steps.length > 0 && asking && (
        <ol aria-live="polite" className="flex flex-col gap-1 text-xs text-ink-3">
          {steps.map((step, place) => (
            <li key={place}>
              {step.agent.replaceAll('_', ' ')}: {step.why} ({step.error || `${step.rows} rows`})
            </li>
          ))}
        </ol>
      )}
      {error !== null && <Problem error={error} />}
    </form>
  )
}
