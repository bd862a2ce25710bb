import { createFileRoute } from '@tanstack/react-router'

import type { PanelSpec } from '@/analysis/panel'
import { Panel } from '@/analysis/panel'
import {
  getRetryChainsOptions,
  getRetryComplianceOptions,
  getRetryPerformanceOptions,
  getRetrySuccessByReasonOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Queue } from '@/pages/smart-retry/queue'
import { Simulator } from '@/pages/smart-retry/simulator'
import { Page } from '@/parts/page'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/smart-retry')({
  validateSearch: (search: Record<string, unknown>): { payment?: string | undefined } => ({ payment: typeof search.payment === 'string' ? search.payment : undefined }),
  component: SmartRetry,
})

const BY_REASON: PanelSpec = {
  title: 'Does a retry after this reason work',
  description: 'Approved retries of answered ones, by the reason of the attempt before.',
  kind: 'bar',
  fields: [
    { at: 'x', field: 'retry_success_rate_pct', label: 'Approved', as: 'pct' },
    { at: 'y', field: 'decline_reason', label: 'Reason' },
  ],
}

const CHAINS: PanelSpec = {
  title: 'Does the next attempt still work',
  description: 'Approved of answered attempts by their place in the payment, on the same or another provider.',
  kind: 'bar',
  layout: 'group',
  keep: (row) => Number(row.position_in_payment) > 1,
  fields: [
    { at: 'x', field: 'position_in_payment', label: 'Attempt' },
    { at: 'y', field: 'success_rate', label: 'Approved', as: 'share' },
    { at: 'color', field: 'psp_switched', label: 'Other provider' },
  ],
}

const PERFORMANCE: PanelSpec = {
  title: 'Retries by reason, place and scenario',
  description: 'Baseline: the approval rate of first attempts.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'decline_reason', label: 'After' },
    { at: 'columns', field: 'retry_scenario', label: 'Scenario' },
    { at: 'columns', field: 'retry_count', label: 'Retry', as: 'count' },
    { at: 'columns', field: 'psp_switched', label: 'Other provider' },
    { at: 'columns', field: 'retry_attempts', label: 'Retries', as: 'count' },
    { at: 'columns', field: 'retry_success_rate_pct', label: 'Approved', as: 'pct' },
    { at: 'columns', field: 'recovered_value', label: 'Recovered', as: 'money' },
    { at: 'columns', field: 'effectiveness', label: 'Effect' },
  ],
}

const LIMITS: PanelSpec = {
  title: 'Scheme limits',
  description: 'Attempts beyond what the networks allow, the fee where one is published, and the source of each rule.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'network', label: 'Network', dimension: 'network' },
    { at: 'columns', field: 'rule', label: 'Rule' },
    { at: 'columns', field: 'region', label: 'Region' },
    { at: 'columns', field: 'attempts_max', label: 'Allowed', as: 'count' },
    { at: 'columns', field: 'attempts_over', label: 'Over', as: 'count' },
    { at: 'columns', field: 'attempts_over_approved', label: 'Approved over', as: 'count' },
    { at: 'columns', field: 'fees_incurred', label: 'Fees', as: 'money' },
    { at: 'columns', field: 'attempts_avoided', label: 'Avoidable', as: 'count' },
    { at: 'columns', field: 'source', label: 'Source' },
  ],
}

function SmartRetry() {
  const { scope, zone } = useScope()
  const query = apiScope(scope)
  const { payment } = Route.useSearch()
  return (
    <Page title="Smart retry" question="What should be retried, when, and what did it return?">
      <Simulator payment={payment} />
      <Queue zone={zone} />
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel spec={BY_REASON} query={getRetrySuccessByReasonOptions({ query })} />
        <Panel spec={CHAINS} query={getRetryChainsOptions({ query })} />
        <Panel spec={PERFORMANCE} query={getRetryPerformanceOptions({ query })} className="h-96 lg:col-span-2" />
        <Panel spec={LIMITS} query={getRetryComplianceOptions({ query })} className="h-96 lg:col-span-2" />
      </div>
    </Page>
  )
}
