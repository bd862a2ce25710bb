import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link } from '@tanstack/react-router'
import { Pause, Play } from 'lucide-react'
import { useState } from 'react'

import type { PanelSpec } from '@/analysis/panel'
import { Panel } from '@/analysis/panel'
import { getActiveAlertsOptions, getApprovalTrendsBySecondOptions, getControlBandOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, inMajor, NOTHING, plural } from '@/format/number'
import { seconds } from '@/format/time'
import { label } from '@/format/words'
import { useFeed } from '@/pages/live/feed'
import { Result } from '@/pages/transactions/result'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Page } from '@/parts/page'
import { Empty } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/live')({ component: Live })

const BAND: PanelSpec = {
  title: 'Is the approval rate beyond what is usual',
  description: 'Per hour, with what is usual at that hour and the end of the control band.',
  kind: 'line',
  grain: 'hour',
  keep: (row) => row.scope_type === 'all' && row.alert_type === 'APPROVAL_RATE_DROP',
  fields: [
    { at: 'x', field: 'window_start', label: 'Hour', scale: 'temporal' },
    { at: 'y', field: 'share', label: 'Approved', as: 'share' },
    { at: 'y', field: 'usual_share', label: 'Usual', as: 'share' },
    { at: 'y', field: 'band_end', label: 'End of the band', as: 'share' },
  ],
}
const RATE: PanelSpec = {
  title: 'Attempts, second by second',
  description: 'Attempts per second of the last minutes of the data.',
  kind: 'bar',
  limit: 120,
  grain: 'second',
  fields: [
    { at: 'x', field: 'event_second', label: 'Second', scale: 'temporal' },
    { at: 'y', field: 'transaction_count', label: 'Attempts', as: 'count' },
  ],
}

function Live() {
  const [isPaused, setPaused] = useState(false)
  const { zone } = useScope()
  const { attempts, isOpen, arrived } = useFeed(isPaused)
  const alerts = useQuery({ ...getActiveAlertsOptions(), refetchInterval: 10_000 })
  return (
    <Page
      title="Live monitor"
      question="Is something breaking this minute?"
      tools={
        <div className="flex items-center gap-3">
          <span role="status" className={isOpen && !isPaused ? 'text-good' : 'text-ink-3'}>
            {isPaused ? 'Paused' : isOpen ? `● Listening, ${count(arrived)} arrived` : '○ Connecting'}
          </span>
          <Button onClick={() => setPaused(!isPaused)}>
            {isPaused ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        </div>
      }
    >
      {alerts.data && (
        <Link to="/incidents" className={`rounded-xl border px-4 py-2.5 ${alerts.data.rows.length > 0 ? 'bg-bad-soft text-bad' : 'bg-good-soft text-good'}`}>
          {alerts.data.rows.length > 0 ? `${plural(alerts.data.rows.length, 'alert is on', 'alerts are on')}. ${alerts.data.rows[0]?.alert_message ?? ''}` : 'No alert is on.'}
        </Link>
      )}
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel spec={BAND} query={getControlBandOptions()} />
        <Panel spec={RATE} query={getApprovalTrendsBySecondOptions()} />
      </div>
      <Card title="Attempts as they arrive">
        {attempts.length === 0 ? (
          <Empty title="No new attempt since this page was opened">They appear here within a second of their arrival. A stream of simulated ones: payment-analysis simulate --stream.</Empty>
        ) : (
          <DataTable
            label="Attempts as they arrive"
            rows={attempts}
            rowKey={(row) => row.transaction_id}
            maxHeight="28rem"
            columns={[
              { key: 'at', title: `Time (${zone})`, cell: (row) => <span className="num">{seconds(row.event_timestamp, zone)}</span> },
              { key: 'result', title: 'Result', cell: (row) => <Result result={row.result} /> },
              { key: 'why', title: 'Why', cell: (row) => (row.decline_reason_standard ? label(row.decline_reason_standard.toLowerCase()) : NOTHING) },
              { key: 'amount', title: 'Amount', right: true, cell: (row) => (row.amount !== null && row.currency ? inMajor(row.amount, row.currency) : NOTHING) },
              { key: 'network', title: 'Network', cell: (row) => label(row.card_network) },
              { key: 'psp', title: 'Provider', cell: (row) => row.psp ?? NOTHING },
              {
                key: 'payment',
                title: 'Payment',
                cell: (row) => (
                  <Link to="/transactions" search={((before: object) => ({ ...before, payment: row.payment_id ?? row.transaction_id })) as never} className="font-mono text-xs text-accent-ink hover:underline">
                    {row.payment_id ?? row.transaction_id}
                  </Link>
                ),
              },
            ]}
          />
        )}
      </Card>
    </Page>
  )
}
