import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'

import type { ActionOut } from '@/api/generated'
import { getActionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { moneyRange, shortMoney } from '@/format/number'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

import { monthly, per } from './gain'

const SHOWN = 3
// Read only when it is opened, so the first page does without tables, dialogs and SQL.
const Evidence = lazy(async () => ({ default: (await import('./evidence')).Evidence }))
const Ranking = lazy(async () => ({ default: (await import('./evidence')).Ranking }))

export function useActions() {
  const { scope } = useScope()
  return useQuery({ ...getActionsOptions({ query: apiScope(scope) }), placeholderData: (before) => before })
}

/** What to do first: three actions with value, range and confidence, and the rest behind a button. */
export function Actions() {
  const { data, error, isPlaceholderData, refetch } = useActions()
  const [opened, setOpened] = useState<ActionOut | null>(null)
  const [all, setAll] = useState(false)
  if (error && !data) {
    return (
      <Card title="What to do first">
        <Problem error={error} retry={() => void refetch()} />
      </Card>
    )
  }
  if (!data) {
    return (
      <div className="grid gap-3 md:grid-cols-3">
        {[1, 2, 3].map((n) => (
          <Skeleton key={n} className="h-[136px] rounded-xl" />
        ))}
      </div>
    )
  }
  return (
    <section aria-label="What to do first">
      <div className="grid gap-3 md:grid-cols-3">
        {data.ranked.slice(0, SHOWN).map((action, place) => (
          <ActionCard key={action.kind} action={action} place={place + 1} stale={isPlaceholderData} onOpen={() => setOpened(action)} />
        ))}
        {data.ranked.length === 0 && (
          <Card className="md:col-span-3">
            <Empty title="No lost payment asks for an action in this range" />
          </Card>
        )}
      </div>
      {data.ranked.length > SHOWN && (
        <div className="mt-1.5 text-right">
          <Button look="quiet" onClick={() => setAll(true)}>
            All {data.ranked.length} actions
          </Button>
        </div>
      )}
      <Suspense>
        {opened && <Evidence action={opened} onClose={() => setOpened(null)} />}
        {all && <Ranking actions={data} onOpen={setOpened} onClose={() => setAll(false)} />}
      </Suspense>
    </section>
  )
}

function ActionCard({ action, place, stale, onOpen }: { action: ActionOut; place: number; stale: boolean; onOpen: () => void }) {
  const gain = monthly(action)
  return (
    <Card title={`${place}. ${action.title}`} stale={stale}>
      <p className="line-clamp-2 min-h-10 text-[13px] text-ink-3">{action.todo}</p>
      <div className="mt-2 flex items-end justify-between gap-2">
        <div>
          <p className="num text-lg font-semibold text-good">{gain?.expected ? `+${shortMoney(gain.expected)}` : gain ? moneyRange(gain) : 'No value given'}</p>
          <p className="num text-xs text-ink-3">
            {gain ? `${moneyRange(gain)} ${per(action)}, ` : ''}
            {action.confidence} confidence
          </p>
        </div>
        <Button look={place === 1 ? 'strong' : 'plain'} onClick={onOpen} aria-label={`Evidence for: ${action.title}`}>
          Evidence
        </Button>
      </div>
    </Card>
  )
}
