import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { ExperimentOut, ExperimentStatus } from '@/api/generated'
import { listExperimentsQueryKey, pauseExperimentMutation, startExperimentMutation, stopExperimentMutation } from '@/api/generated/@tanstack/react-query.gen'
import { percent } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Input } from '@/parts/field'
import { Problem } from '@/parts/states'

import { Results } from './results'

const STARTS: ReadonlySet<ExperimentStatus> = new Set(['draft', 'paused'])

/** One experiment: its design, its life, and what it shows. */
export function Experiment({ one, zone }: { one: ExperimentOut; zone: string }) {
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const onSuccess = () => client.invalidateQueries({ queryKey: listExperimentsQueryKey() })
  const begin = useMutation({ ...startExperimentMutation(), onSuccess })
  const pause = useMutation({ ...pauseExperimentMutation(), onSuccess })
  const stop = useMutation({ ...stopExperimentMutation(), onSuccess })
  const path = { experiment_id: one.id }
  return (
    <div className="flex flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-2 text-ink-2">
        <span>
          {label(one.status)} · {label(one.decision)} · by {one.subject}
          {one.started_at && ` · since ${moment(one.started_at, zone)}`}
          {one.ended_at && ` · until ${moment(one.ended_at, zone)}`} · {one.owner}
        </span>
        {STARTS.has(one.status) && (
          <Button look="strong" className="ml-auto" disabled={begin.isPending} onClick={() => begin.mutate({ path })}>
            Start
          </Button>
        )}
        {one.status === 'running' && (
          <Button className="ml-auto" disabled={pause.isPending} onClick={() => pause.mutate({ path })}>
            Pause
          </Button>
        )}
      </div>
      {one.description && <p className="text-ink-2">{one.description}</p>}
      <p className="text-ink-2">
        Takes part: <code className="text-xs">{one.eligible ?? 'everybody'}</code>. Holdout {percent(one.holdout_share)}.{' '}
        {one.variants.map((variant) => `${variant.name} ${percent(variant.share, 0)}: ${variant.actions?.map((action) => `${label(action.kind)} ${action.value ?? ''}`).join(', ') || 'as decided'}`).join('; ')}.
      </p>
      {[begin.error, pause.error, stop.error].map((error, place) => error && <Problem key={place} error={error} />)}
      <Results id={one.id} />
      {one.note && <p className="rounded-lg bg-page p-3 text-ink-2">Decided: {one.note}</p>}
      {one.status !== 'stopped' && (
        <div className="flex gap-2">
          <Input aria-label="What was decided" placeholder="what was decided" value={note} onChange={(event) => setNote(event.target.value)} />
          <Button disabled={stop.isPending} onClick={() => stop.mutate({ path, body: { note: note.trim() || null } })}>
            Stop for good
          </Button>
        </div>
      )}
    </div>
  )
}
