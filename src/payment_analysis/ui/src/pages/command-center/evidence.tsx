import type { ActionOut, ActionsOut } from '@/api/generated'
import { interval, moneyRange, percent, plural, shortMoney } from '@/format/number'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { SqlText } from '@/parts/sql'

import { monthly, per } from './gain'

/** Why an action is proposed, and how its value was computed. */
export function Evidence({ action, onClose }: { action: ActionOut; onClose: () => void }) {
  const facts = [
    ['Expected', action.gain?.expected ? shortMoney(monthly(action)?.expected) : 'not known'],
    ['Range', `${moneyRange(monthly(action))} ${per(action)}`],
    ['Speaks for', `${plural(action.payments, action.kind === 'stop_retries' ? 'attempt' : 'payment')}, ${shortMoney(action.value)}`],
    ['Effort', action.effort],
    ['Confidence', action.confidence],
  ] as const
  return (
    <Dialog open onClose={onClose} title={action.title} shape="drawer">
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
    </Dialog>
  )
}

/** All actions, best first. */
export function Ranking({ actions, onOpen, onClose }: { actions: ActionsOut; onOpen: (action: ActionOut) => void; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Actions, best first" shape="drawer">
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
    </Dialog>
  )
}
