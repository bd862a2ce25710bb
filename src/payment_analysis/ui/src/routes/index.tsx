import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useEffect } from 'react'

import { getStandingOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Actions, useActions } from '@/pages/command-center/actions'
import { Figures } from '@/pages/command-center/figures'
import { Movement } from '@/pages/command-center/movement'
import { Trend } from '@/pages/command-center/trend'
import { Verdict } from '@/pages/command-center/verdict'
import { Problem, Skeleton } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/')({ component: CommandCenter })

function CommandCenter() {
  const { scope, compare } = useScope()
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...getStandingOptions({ query: { ...apiScope(scope), compare } }),
    placeholderData: (before) => before,
  })
  const actions = useActions()
  useEffect(() => {
    document.title = 'Dashboard · Payment Analysis'
  }, [])
  return (
    <div className="mx-auto flex w-full max-w-[1560px] flex-col gap-3 px-4 py-5 md:px-6">
      {error && !data ? (
        <>
          <h1 className="text-xl font-semibold">Dashboard</h1>
          <Problem error={error} retry={() => void refetch()} />
        </>
      ) : data ? (
        <Verdict standing={data} actions={actions.data} />
      ) : (
        <div className="flex flex-col gap-2">
          <h1 className="sr-only">Dashboard</h1>
          <Skeleton className="h-[62px] max-w-4xl" />
          <Skeleton className="h-5 max-w-xl" />
        </div>
      )}
      {!(error && !data) && <Actions />}
      {data ? (
        <>
          <Figures standing={data} stale={isPlaceholderData} />
          <div className="grid gap-3 xl:grid-cols-[3fr_2fr]">
            <Trend standing={data} stale={isPlaceholderData} />
            <Movement standing={data} stale={isPlaceholderData} />
          </div>
        </>
      ) : (
        !error && <Waiting />
      )}
    </div>
  )
}

function Waiting() {
  return (
    <>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        {[1, 2, 3, 4, 5].map((n) => (
          <Skeleton key={n} className={`h-[158px] rounded-xl ${n === 1 ? 'max-md:col-span-2' : ''}`} />
        ))}
      </div>
      <div className="grid gap-3 xl:grid-cols-[3fr_2fr]">
        <Skeleton className="h-[362px] rounded-xl" />
        <Skeleton className="h-[362px] rounded-xl" />
      </div>
    </>
  )
}
