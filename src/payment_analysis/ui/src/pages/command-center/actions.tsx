import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import type { ActionOut, ActionsOut } from '@/api/generated'
import { getActionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { interval, moneyRange, percent, plural, shortMoney } from '@/format/number'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { SqlText } from '@/parts/sql'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

const SHOWN = 3

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
      <Dialog open={opened !== null} onClose={() => setOpened(null)} title={opened?.title ?? ''} shape="drawer">
        {opened && <Evidence action={opened} />}
      </Dialog>
      <Dialog open={all} onClose={() => setAll(false)} title="Actions, best first" shape="drawer">
        <Ranking actions={data} onOpen={setOpened} />
      </Dialog>
    </section>
  )
}

const monthly = (action: ActionOut) => action.gain_per_30_days ?? action.gain
const per = (action: ActionOut) => (action.gain_per_30_days ? 'per 30 days' : 'in this range')

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

function Evidence({ action }: { action: ActionOut }) {
  const facts = [
    ['Expected', action.gain?.expected ? shortMoney(monthly(action)?.expected) : 'not known'],
    ['Range', `${moneyRange(monthly(action))} ${per(action)}`],
    ['Speaks for', `${plural(action.payments, action.kind === 'stop_retries' ? 'attempt' : 'payment')}, ${shortMoney(action.value)}`],
    ['Effort', action.effort],
    ['Confidence', action.confidence],
  ] as const
  return (
    <div className="flex flex-col gap-5 p-4">
      <p className="text-ink-2">{action.todo}</p>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="num font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <DataTable
        label="Evidence"
        rows={action.evidence}
        rowKey={(row) => row.what}
        columns={[
          { key: 'what', title: 'Lost payments', cell: (row) => row.what, sort: (row) => row.what },
          { key: 'payments', title: 'Count', right: true, cell: (row) => row.payments.toLocaleString('en'), sort: (row) => row.payments },
          { key: 'value', title: 'Value', right: true, cell: (row) => shortMoney(row.value), sort: (row) => row.value?.amount_minor ?? null },
          { key: 'rate', title: 'Comparable rate', right: true, cell: (row) => `${percent(row.rate.rate)} (${interval(row.rate)})`, sort: (row) => row.rate.rate },
          { key: 'gain', title: 'May be won', right: true, cell: (row) => moneyRange(row.gain), sort: (row) => row.gain?.high.amount_minor ?? null },
        ]}
      />
      <div>
        <h3 className="mb-1 text-xs font-medium text-ink-3">How this was computed</h3>
        <p className="text-ink-2">{action.method}</p>
      </div>
      {action.queries.map((query) => (
        <SqlText key={query.name} {...query} />
      ))}
    </div>
  )
}

function Ranking({ actions, onOpen }: { actions: ActionsOut; onOpen: (action: ActionOut) => void }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <DataTable
        label="Actions"
        rows={actions.ranked}
        rowKey={(action) => action.kind}
        columns={[
          {
            key: 'title',
            title: 'Action',
            cell: (action) => (
              <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => onOpen(action)}>
                {action.title}
              </button>
            ),
          },
          { key: 'range', title: 'May be won', right: true, cell: (action) => moneyRange(monthly(action)), sort: (action) => monthly(action)?.high.amount_minor ?? null },
          { key: 'payments', title: 'Payments', right: true, cell: (action) => action.payments.toLocaleString('en'), sort: (action) => action.payments },
          { key: 'effort', title: 'Effort', cell: (action) => action.effort },
          { key: 'confidence', title: 'Confidence', cell: (action) => action.confidence },
        ]}
      />
      <p className="text-ink-3">
        No payment is counted twice. {plural(actions.standing_payments, 'payment')} ({shortMoney(actions.standing_value)}) ended for a reason that nobody should try to turn.
      </p>
    </div>
  )
}
