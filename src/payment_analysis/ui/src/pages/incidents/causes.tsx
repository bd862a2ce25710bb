import { useQuery } from '@tanstack/react-query'

import { getIncidentCausesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { WaysOn } from '@/analysis/ways-on'
import { count, percent, points } from '@/format/number'
import { label } from '@/format/words'
import { SqlButton } from '@/parts/sql'
import { Problem, Skeleton } from '@/parts/states'

/** What moved the approval rate since the incident began: causes with evidence, and what cannot be told. */
export function Causes({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(getIncidentCausesOptions({ path: { incident_id: id } }))
  return (
    <section>
      <h3 className="mb-2 flex items-center gap-2 text-xs font-medium text-ink-3">
        Why: causes since it began
        {data && <SqlButton title="the causes" questions={[{ name: 'attempts', sql: data.sql }]} />}
      </h3>
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-24" />
      ) : (
        <div className="flex flex-col gap-2">
          <p className="text-ink-2">{data.headline}</p>
          {data.data_gaps.map((gap) => (
            <p key={gap} className="text-warn">
              {gap}
            </p>
          ))}
          {data.causes.length === 0 && <p>No part of the payments moved by itself.</p>}
          <ol className="flex flex-col gap-2">
            {data.causes.map((cause) => (
              <li key={cause.claim} className="rounded-lg border p-3">
                <p>{cause.claim}</p>
                <p className="num mt-1 text-xs text-ink-3">
                  {label(cause.cause)}, {percent(cause.certainty, 0)} of the evidence · {points(cause.effect, 2)} ({points(cause.low, 2)} to {points(cause.high, 2)}) · {count(Math.round(cause.missing))} approvals · {count(Math.round(cause.value_per_day))} a day
                </p>
                <WaysOn where={cause.where} about={cause.claim} />
                {cause.absorbed.length > 0 && <p className="mt-1 text-xs text-ink-3">Instead: {cause.absorbed.map((one) => `${one.answer} ${percent(one.share, 0)}`).join(', ')}</p>}
              </li>
            ))}
          </ol>
          <details className="text-xs text-ink-3">
            <summary>What this cannot tell</summary>
            <ul className="mt-1 list-disc pl-4">
              {data.cannot_tell.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
          </details>
        </div>
      )}
    </section>
  )
}
