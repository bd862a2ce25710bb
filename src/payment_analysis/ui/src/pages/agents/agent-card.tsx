import type { AgentOut } from '@/api/generated'
import { plural } from '@/format/number'
import { moment } from '@/format/time'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { useScope } from '@/scope/use-scope'

/** One agent: what it is for, what it may use, and what to ask it. */
export function AgentCard({ agent, onAsk }: { agent: AgentOut; onAsk: (question: string) => void }) {
  const { zone } = useScope()
  return (
    <Card title={agent.title}>
      <p className="text-ink-2">{agent.role}</p>
      <p className="mt-2 text-xs text-ink-3">{agent.last_run_at ? `${plural(agent.runs, 'run')}, the last ${moment(agent.last_run_at, zone)}` : 'Has not run yet'}</p>
      {agent.tools.length > 0 && (
        <details className="mt-2 text-xs text-ink-3">
          <summary>{plural(agent.tools.length, 'tool')}</summary>
          <p className="mt-1 font-mono break-words">{agent.tools.join(', ')}</p>
        </details>
      )}
      <div className="mt-3 flex flex-col items-start gap-1.5">
        {agent.questions.map((question) => (
          <Button key={question} look="quiet" className="h-auto! max-w-full py-1 text-left whitespace-normal!" onClick={() => onAsk(question)}>
            {question}
          </Button>
        ))}
      </div>
    </Card>
  )
}
