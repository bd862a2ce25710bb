import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'

import { cancelSetupRunMutation, getSetupRunOptions, getSetupRunQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Dialog } from '@/parts/dialog'
import { Problem, Skeleton } from '@/parts/states'

import { isOver, StateSign, took } from './state'

type Line = { number: number; task: string; text: string }

export function RunDrawer({ runId, onClose }: { runId: string | null; onClose: () => void }) {
  return (
    <Dialog open={runId !== null} onClose={onClose} title="Run" shape="drawer">
      {runId !== null && <Run key={runId} runId={runId} />}
    </Dialog>
  )
}

function Run({ runId }: { runId: string }) {
  const client = useQueryClient()
  const lines = useLines(runId)
  const { data, error } = useQuery({
    ...getSetupRunOptions({ path: { run_id: runId } }),
    refetchInterval: (query) => (isOver(query.state.data?.state) ? false : 1000),
  })
  const cancel = useMutation({
    ...cancelSetupRunMutation(),
    onSettled: () => client.invalidateQueries({ queryKey: getSetupRunQueryKey({ path: { run_id: runId } }) }),
  })
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (lines.length > 0) end.current?.scrollIntoView({ block: 'nearest' })
  }, [lines])
  if (error) return <div className="p-4"><Problem error={error} /></div>
  if (!data) return <Skeleton className="m-4 h-64" />
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-3">
        <StateSign state={data.state} />
        <span className="tnum text-xs text-ink-3">{took(data.seconds)}</span>
        <span className="text-xs text-ink-3">{data.requested_by && `asked for by ${data.requested_by}`}</span>
        {!isOver(data.state) && (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate({ path: { run_id: runId } })}>
            <Square aria-hidden size={13} /> Cancel
          </Button>
        )}
        {data.url && <a className="text-[13px] text-accent" href={data.url} target="_blank" rel="noreferrer">Open in Databricks</a>}
      </div>
      {cancel.error && <Problem error={cancel.error} />}
      <ul className="flex flex-col gap-2" aria-label="Tasks">
        {data.tasks.map((task) => (
          <li key={task.key}>
            <p className="flex items-center gap-2">
              <StateSign state={task.state} />
              <code className="font-mono text-xs">{task.key}</code>
              <span className="tnum text-xs text-ink-3">{took(task.seconds)}</span>
            </p>
            {task.error && <p className="mt-0.5 text-xs text-bad">{task.error} <span className="text-ink-3">{task.hint}</span></p>}
          </li>
        ))}
      </ul>
      <div role="log" aria-label="What the run says" tabIndex={0} className="max-h-[60vh] overflow-auto rounded-lg border bg-page p-3 font-mono text-xs leading-5">
        {lines.length === 0 ? <p className="text-ink-3">Nothing said yet.</p> : lines.map((line) => (
          <p key={line.number} className="break-words"><span className="text-ink-3">{line.task}</span> {line.text}</p>
        ))}
        <div ref={end} />
      </div>
    </div>
  )
}

/** What a run says, as it says it; the browser comes back behind the last line when the connection breaks. */
function useLines(runId: string): readonly Line[] {
  const [lines, setLines] = useState<readonly Line[]>([])
  useEffect(() => {
    const source = new EventSource(`/api/setup/runs/${encodeURIComponent(runId)}/log`)
    source.addEventListener('lines', (event) => {
      const said = JSON.parse((event as MessageEvent<string>).data) as Line[]
      setLines((before) => [...before, ...said.filter((line) => line.number > (before.at(-1)?.number ?? 0))])
    })
    source.addEventListener('end', () => source.close())
    return () => source.close()
  }, [runId])
  return lines
}
