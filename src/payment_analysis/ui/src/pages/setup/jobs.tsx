import { useQuery } from '@tanstack/react-query'
import { Play, RefreshCw, Square } from 'lucide-react'
import { useState } from 'react'

import type { JobOut } from '@/api/generated'
import { listSetupJobsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Problem, Skeleton } from '@/parts/states'

import { JobCard } from './job'
import { RunDrawer } from './run'
import { type Settings, useSequence, type Values } from './sequence'
import { isOver } from './state'

const BUSY_MS = 1500
const QUIET_MS = 15_000

export function Jobs() {
  const [open, setOpen] = useState<string | null>(null)
  const [set, setSet] = useState<Settings>({})
  const sequence = useSequence()
  const { data, error, refetch, isFetching } = useQuery({
    ...listSetupJobsOptions(),
    refetchInterval: (query) => (query.state.data?.jobs.some((job) => job.last && !isOver(job.last.state)) ? BUSY_MS : QUIET_MS),
  })
  const isBusy = sequence.at !== null
  return (
    <Card
      title="Jobs 1 to 7"
      note="Each can be run again at any time: what is there already is left as it is."
      tools={
        <span className="flex gap-2">
          <Button onClick={() => void refetch()} disabled={isFetching}>
            <RefreshCw aria-hidden size={14} /> Refresh job IDs
          </Button>
          {isBusy ? (
            <Button onClick={sequence.stop}>
              <Square aria-hidden size={14} /> Stop after this one
            </Button>
          ) : (
            <Button look="strong" disabled={!data} onClick={() => data && sequence.start(data.jobs, set)}>
              <Play aria-hidden size={14} /> Run all in order
            </Button>
          )}
        </span>
      }
    >
      {sequence.error !== null && <Problem error={sequence.error} />}
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : data ? (
        <Graph jobs={data.jobs} at={sequence.at} set={set} onSet={(key, values) => setSet({ ...set, [key]: values })} onOpen={setOpen} />
      ) : (
        <Skeleton className="h-96" />
      )}
      <RunDrawer runId={open} onClose={() => setOpen(null)} />
    </Card>
  )
}

type GraphProps = { jobs: readonly JobOut[]; at: string | null; set: Settings; onSet: (key: string, values: Values) => void; onOpen: (run: string) => void }

/** The jobs in their order; a line leads from what makes something to what reads it. */
function Graph({ jobs, at, set, onSet, onOpen }: GraphProps) {
  return (
    <ol className="mt-2 flex flex-col" aria-label="Jobs in order">
      {jobs.map((job, place) => (
        <li key={job.key} className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3">
          <span aria-hidden className="flex flex-col items-center">
            <span className={`mt-4 grid size-6 shrink-0 place-items-center rounded-full border text-xs font-semibold ${at === job.key ? 'border-accent text-accent' : 'text-ink-2'}`}>{job.number}</span>
            {place < jobs.length - 1 && <span className="w-px flex-1 bg-line" />}
          </span>
          <div className="py-1.5">
            {job.after.includes('payment_analysis_etl') && (
              <p className={`mb-1.5 text-xs ${at === 'payment_analysis_etl' ? 'text-accent' : 'text-ink-3'}`}>
                Before it: pipeline 8. Payment Analysis ETL{at === 'payment_analysis_etl' ? ', running now' : ''}
              </p>
            )}
            <JobCard job={job} values={set[job.key] ?? {}} onSet={(values) => onSet(job.key, values)} onOpen={onOpen} isWaiting={at !== null} />
          </div>
        </li>
      ))}
    </ol>
  )
}
