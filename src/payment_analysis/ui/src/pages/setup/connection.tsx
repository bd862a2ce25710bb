import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'

import { getSetupConnectionOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Card } from '@/parts/card'
import { Problem, Skeleton } from '@/parts/states'

const WAYS: Record<string, string> = { forwarded: 'yours, forwarded by the platform', bearer: 'yours, from the request', environment: 'the application’s (DATABRICKS_TOKEN)' }

export function ConnectionCard() {
  const { data, error, refetch } = useQuery(getSetupConnectionOptions())
  return (
    <Card title="Connect to Databricks">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-24" />
      ) : (
        <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
          <Fact name="Answers come from">{data.where === 'embedded' ? 'the engine of this machine' : 'the SQL warehouse of the workspace'}</Fact>
          <Fact name="You are">{data.person}</Fact>
          {data.workspace_host && <Fact name="Workspace"><a className="text-accent" href={data.workspace_host} target="_blank" rel="noreferrer">{data.workspace_host}</a>{data.workspace_url_derived && ' (derived)'}</Fact>}
          {data.token_way && <Fact name="Token">{WAYS[data.token_way] ?? data.token_way}</Fact>}
          <Fact name="Store">{data.store}</Fact>
          <dt className="sr-only">State</dt>
          <dd className={`col-span-2 mt-1 flex items-start gap-1.5 ${data.problem ? 'text-bad' : 'text-good'}`}>
            {data.problem ? <CircleAlert aria-hidden size={15} className="mt-0.5 shrink-0" /> : <CircleCheck aria-hidden size={15} className="mt-0.5 shrink-0" />}
            <span>{data.problem || 'Everything that is needed is there.'} <span className="text-ink-3">{data.hint}</span></span>
          </dd>
        </dl>
      )}
    </Card>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
