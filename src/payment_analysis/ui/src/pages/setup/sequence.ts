import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'

import type { JobOut } from '@/api/generated'
import { getSetupRun, listSetupPipelines, runSetupJob, runSetupPipeline } from '@/api/generated'

import { isOver } from './state'

const POLL_MS = 1000
const ETL = 'payment_analysis_etl'

/** What a person set for a job, by the parameter's name; an empty field leaves the default. */
export type Values = Readonly<Record<string, string>>
export type Settings = Readonly<Record<string, Values>>
export type Sequence = { at: string | null; error: unknown; start: (jobs: readonly JobOut[], set: Settings) => void; stop: () => void }
type Steps = { isWanted: () => boolean; tell: (at: string) => void; refresh: () => Promise<void>; set: Settings }

/** Run everything in order: each job when what it reads is made; stops at the first that does not succeed. */
export function useSequence(): Sequence {
  const client = useQueryClient()
  const wanted = useRef(false)
  const [at, setAt] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)

  const refresh = () => client.invalidateQueries()
  const stop = () => {
    wanted.current = false
    setAt(null)
  }
  const start = (jobs: readonly JobOut[], set: Settings) => {
    wanted.current = true
    setError(null)
    inOrder(jobs, { isWanted: () => wanted.current, tell: setAt, refresh, set })
      .catch(setError)
      .finally(() => {
        stop()
        void refresh()
      })
  }
  return { at, error, start, stop }
}

async function inOrder(jobs: readonly JobOut[], steps: Steps): Promise<void> {
  const [job, ...others] = jobs
  if (!job || !steps.isWanted()) return
  if (job.after.includes(ETL)) {
    steps.tell(ETL)
    await runSetupPipeline({ body: { pipeline: ETL, action: 'start' }, throwOnError: true })
    await isThrough()
  }
  if (!steps.isWanted()) return
  steps.tell(job.key)
  const { data } = await runSetupJob({ body: { job: job.key, parameters: changed(steps.set[job.key] ?? {}) }, throwOnError: true })
  await steps.refresh()
  const isDone = await hasSucceeded(data.id, steps)
  await steps.refresh()
  if (isDone) await inOrder(others, steps)
}

async function hasSucceeded(id: string, steps: Steps): Promise<boolean> {
  await later()
  if (!steps.isWanted()) return false
  const { data } = await getSetupRun({ path: { run_id: id }, throwOnError: true })
  return isOver(data.state) ? data.state === 'succeeded' : hasSucceeded(id, steps)
}

async function isThrough(): Promise<void> {
  await later()
  const { data } = await listSetupPipelines({ throwOnError: true })
  const etl = data.pipelines.find((one) => one.key === ETL)
  if (etl?.state === 'failed') throw new Error(`${etl.name} failed: ${etl.detail}`)
  if (etl?.state !== 'idle' && !etl?.is_caught_up) await isThrough()
}

export const changed = (values: Values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))

function later(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, POLL_MS)
  })
}
