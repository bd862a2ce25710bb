import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ExternalLink, Play, ScrollText, Settings2 } from 'lucide-react'
import { useState } from 'react'

import type { JobOut } from '@/api/generated'
import { listSetupJobsQueryKey, runSetupJobMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { Button } from '@/parts/button'
import { TextField } from '@/parts/field'
import { Problem } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

import { changed, type Values } from './sequence'
import { isOver, StateSign, took } from './state'

type Props = { job: JobOut; values: Values; onSet: (values: Values) => void; onOpen: (run: string) => void; isWaiting: boolean }

export function JobCard({ job, values, onSet, onOpen, isWaiting }: Props) {
  const { zone } = useScope()
  const client = useQueryClient()
  const [isSetting, setIsSetting] = useState(false)
  const run = useMutation({
    ...runSetupJobMutation(),
    onSuccess: (begun) => {
      void client.invalidateQueries({ queryKey: listSetupJobsQueryKey() })
      onOpen(begun.id)
    },
  })
  const last = job.last
  const isRunning = last !== null && !isOver(last.state)
  return (
    <article aria-label={job.name} className="rounded-lg border px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="min-w-0 flex-1 font-medium">{job.name}</h3>
        <StateSign state={last?.state} />
        {last?.seconds !== undefined && last.seconds !== null && <span className="tnum text-xs text-ink-3">{took(last.seconds)}</span>}
        {last && (
          <Button look="quiet" onClick={() => onOpen(last.id)}>
            <ScrollText aria-hidden size={14} /> Log
          </Button>
        )}
        {job.url && (
          <a href={job.url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-[13px] text-accent">
            Open <ExternalLink aria-hidden size={13} />
          </a>
        )}
        <Button look="quiet" aria-expanded={isSetting} onClick={() => setIsSetting(!isSetting)}>
          <Settings2 aria-hidden size={14} /> Set
        </Button>
        <Button disabled={!job.id || isRunning || isWaiting || run.isPending} onClick={() => run.mutate({ body: { job: job.key, parameters: changed(values) } })}>
          <Play aria-hidden size={14} /> Run
        </Button>
      </div>
      <p className="text-xs text-ink-3">{job.purpose}</p>
      {!job.id && <p className="mt-1 text-xs text-bad">The workspace has no such job: deploy the bundle, then refresh.</p>}
      {last?.error && (
        <p className="mt-1 text-xs text-bad">
          {last.error} <span className="text-ink-3">{last.hint}</span>
        </p>
      )}
      {last?.ended_at && !last.error && <p className="mt-1 text-xs text-ink-3">Ended {moment(last.ended_at, zone)} ({zone})</p>}
      {run.error && <Problem error={run.error} />}
      <ul aria-label={`Tasks of ${job.name}`} className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
        {job.tasks.map((task) => {
          const done = last?.tasks.find((one) => one.key === task.key)
          return (
            <li key={task.key} title={task.purpose} className="flex items-center gap-1.5">
              <StateSign state={done?.state} />
              <code className="font-mono text-xs text-ink-2">{task.key}</code>
              <span className="tnum text-xs text-ink-3">{took(done?.seconds)}</span>
            </li>
          )
        })}
      </ul>
      {isSetting && (
        <div className="mt-3 grid gap-2 sm:grid-cols-2">
          {job.parameters.map((one) => (
            <TextField
              key={one.name}
              label={one.name}
              title={one.meaning}
              placeholder={one.default}
              value={values[one.name] ?? ''}
              onChange={(event) => onSet({ ...values, [one.name]: event.target.value })}
            />
          ))}
        </div>
      )}
    </article>
  )
}
