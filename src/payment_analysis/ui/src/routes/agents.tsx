import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { getAgentRunOptions, listAgentRunsOptions, listAgentRunsQueryKey, listAgentsOptions, listAgentsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { AgentCard } from '@/pages/agents/agent-card'
import { Chat, useAsking } from '@/pages/agents/chat'
import { RunView } from '@/pages/agents/run'
import { Card } from '@/parts/card'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/agents')({
  validateSearch: (search: Record<string, unknown>): { run?: string | undefined } => ({ run: typeof search.run === 'string' ? search.run : undefined }),
  component: Agents,
})

function Agents() {
  const { run } = Route.useSearch()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [question, setQuestion] = useState('')
  const show = (shown: string | undefined) => void navigate({ to: '.', search: ((before: object) => ({ ...before, run: shown })) as never })
  const done = (id: string) => {
    void client.invalidateQueries({ queryKey: listAgentRunsQueryKey() })
    void client.invalidateQueries({ queryKey: listAgentsQueryKey() })
    show(id)
  }
  const chat = useAsking(done)
  const askNow = (asked: string) => {
    setQuestion(asked)
    scrollTo({ top: 0 })
    void chat.ask(asked)
  }
  return (
    <Page title="AI agents" question="What do the agents advise, and what is it based on?">
      <Card title="Ask the orchestrator" note="It asks the right specialists; every figure comes from a tool. A proposal waits for a person, nothing is applied by an agent.">
        <Chat question={question} onQuestion={setQuestion} chat={chat} />
      </Card>
      {run && <Shown id={run} />}
      <Roster onAsk={askNow} />
      <Runs shown={run} onShow={show} />
    </Page>
  )
}

function Shown({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(getAgentRunOptions({ path: { run_id: id } }))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-48" />
  return <RunView run={data} />
}

function Roster({ onAsk }: { onAsk: (question: string) => void }) {
  const { data, error, refetch } = useQuery(listAgentsOptions())
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-48" />
  return (
    <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
      {data.map((agent) => (
        <AgentCard key={agent.name} agent={agent} onAsk={onAsk} />
      ))}
    </div>
  )
}

function Runs({ shown, onShow }: { shown: string | undefined; onShow: (id: string) => void }) {
  const { zone } = useScope()
  const { data, error, refetch } = useQuery(listAgentRunsOptions())
  return (
    <Card title="What was asked">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-24" />
      ) : data.length === 0 ? (
        <Empty title="Nobody has asked yet">Ask above, or run job 6.</Empty>
      ) : (
        <ul className="divide-y">
          {data.map((one) => (
            <li key={one.id}>
              <button type="button" aria-current={one.id === shown} className="flex w-full flex-wrap items-baseline gap-x-3 py-2 text-left hover:text-accent" onClick={() => onShow(one.id)}>
                <span className="min-w-0 flex-1 truncate">{one.question}</span>
                <span className="num text-xs text-ink-3">
                  {one.asked_by} · {moment(one.created_at, zone)} · {one.seconds.toFixed(1)} s
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
