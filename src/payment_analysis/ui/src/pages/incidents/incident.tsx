import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import type { IncidentOut } from '@/api/generated'
import { getIncidentRecoveryOptions, listIncidentsQueryKey, resolveIncidentMutation } from '@/api/generated/@tanstack/react-query.gen'
import { count, percent } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Problem, Skeleton } from '@/parts/states'

import { Causes } from './causes'
import { Severity } from './severity'
import { Tasks } from './tasks'

/** One incident: where it stands, whether the data says it is over, and who does what. */
export function Incident({ incident, zone }: { incident: IncidentOut; zone: string }) {
  const client = useQueryClient()
  const resolve = useMutation({ ...resolveIncidentMutation(), onSuccess: () => client.invalidateQueries({ queryKey: listIncidentsQueryKey() }) })
  return (
    <div className="flex flex-col gap-5 p-4">
      <div className="flex flex-wrap items-center gap-2 text-ink-2">
        <Severity severity={incident.severity} />
        <span>{label(incident.status)}</span>
        <span>· {incident.key}</span>
        <span>· owner: {incident.owner ?? 'nobody'}</span>
        {incident.began_at && <span className="num">· began {moment(incident.began_at, zone)}</span>}
        {incident.status !== 'resolved' && (
          <Button className="ml-auto" disabled={resolve.isPending} onClick={() => resolve.mutate({ path: { incident_id: incident.id } })}>
            Resolve
          </Button>
        )}
      </div>
      {resolve.error && <Problem error={resolve.error} />}
      <Recovery id={incident.id} />
      <Causes id={incident.id} />
      <Tasks incident={incident.id} />
      <section>
        <h3 className="mb-2 text-xs font-medium text-ink-3">What the alert knew</h3>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
          {Object.entries(incident.details).map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="text-xs text-ink-3">{label(name)}</dt>
              <dd className="num break-words">{typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : String(value ?? 'not known')}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  )
}

function Recovery({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(getIncidentRecoveryOptions({ path: { incident_id: id } }))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-20" />
  const good = data.recovery === 'resolved' || data.recovery === 'improving'
  return (
    <section className={`rounded-lg p-3 ${good ? 'bg-good-soft' : 'bg-warn-soft'}`}>
      <h3 className={`font-medium ${good ? 'text-good' : 'text-warn'}`}>Is it over? {label(data.recovery)}</h3>
      <p className="mt-1 text-ink-2">{data.reason}</p>
      <p className="num mt-1 text-xs text-ink-2">
        Since then {percent(data.share)} over {count(data.attempts)} attempts; usual {percent(data.normal_share)}, when it broke {percent(data.broken_share)}.
      </p>
    </section>
  )
}
