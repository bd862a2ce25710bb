import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Play, Square } from 'lucide-react'

import { listSetupPipelinesOptions, listSetupPipelinesQueryKey, runSetupPipelineMutation } from '@/api/generated/@tanstack/react-query.gen'
import { duration } from '@/format/time'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Problem, Skeleton } from '@/parts/states'

export function Pipelines() {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({
    ...listSetupPipelinesOptions(),
    refetchInterval: (query) => (query.state.data?.pipelines.some((one) => one.state === 'running') ? 2000 : 15_000),
  })
  const move = useMutation({ ...runSetupPipelineMutation(), onSettled: () => client.invalidateQueries({ queryKey: listSetupPipelinesQueryKey() }) })
  return (
    <Card title="Pipelines" note="They turn what has landed into the tables that everything reads.">
      {move.error && <Problem error={move.error} />}
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-28" />
      ) : (
        <ul className="mt-2 flex flex-col gap-3">
          {data.pipelines.map((one) => (
            <li key={one.key} className="flex items-center gap-3">
              <div className="min-w-0 flex-1">
                <p className="font-medium">{one.url ? <a className="text-accent" href={one.url} target="_blank" rel="noreferrer">{one.name}</a> : one.name}</p>
                <p className="text-xs text-ink-3">
                  <span className={one.state === 'failed' || one.state === 'missing' ? 'text-bad' : one.state === 'running' ? 'text-good' : ''}>{one.state}</span>
                  {one.lag_seconds !== null && ` · ${duration(one.lag_seconds)} behind`}
                  {one.detail && ` · ${one.detail}`}
                </p>
              </div>
              {one.state === 'running' ? (
                <Button disabled={move.isPending} onClick={() => move.mutate({ body: { pipeline: one.key, action: 'stop' } })} aria-label={`Stop ${one.name}`}>
                  <Square aria-hidden size={13} /> Stop
                </Button>
              ) : (
                <Button disabled={move.isPending || !one.id} onClick={() => move.mutate({ body: { pipeline: one.key, action: 'start' } })} aria-label={`Start ${one.name}`}>
                  <Play aria-hidden size={13} /> Start
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
