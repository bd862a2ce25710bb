import { createFileRoute } from '@tanstack/react-router'

import type { PanelSpec } from '@/analysis/panel'
import { Panel } from '@/analysis/panel'
import { WaysOn } from '@/analysis/ways-on'
import {
  declineSummaryOptions,
  getBinPerformanceOptions,
  getDeclineRecoveryOpportunitiesOptions,
  getFaultAttributionOptions,
  getIssuerPerformanceOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Page } from '@/parts/page'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/declines')({ component: Declines })

const LOST: PanelSpec = {
  title: 'Who could have changed the answer',
  description: 'Value of lost payments by who is at fault and the standard reason.',
  kind: 'bar',
  layout: 'stack',
  fields: [
    { at: 'x', field: 'lost_value', label: 'Lost value', as: 'money' },
    { at: 'y', field: 'decline_fault', label: 'At fault' },
    { at: 'color', field: 'decline_reason_standard', label: 'Reason' },
  ],
}

const FACTORS: PanelSpec = {
  title: 'Declined value by reason',
  description: 'Declined attempts, by the detailed reason; a payment that was retried counts each time.',
  kind: 'bar',
  order: 'total_declined_value',
  limit: 12,
  fields: [
    { at: 'x', field: 'total_declined_value', label: 'Declined value', as: 'money' },
    { at: 'y', field: 'decline_reason', label: 'Reason' },
  ],
}

const REASONS: PanelSpec = {
  title: 'Reasons',
  description: 'What is declined, who is at fault, and what part may be retried.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'decline_reason', label: 'Reason' },
    { at: 'columns', field: 'decline_reason_standard', label: 'Standard reason' },
    { at: 'columns', field: 'decline_fault', label: 'At fault' },
    { at: 'columns', field: 'decline_count', label: 'Declines', as: 'count' },
    { at: 'columns', field: 'pct_of_declines', label: 'Share', as: 'pct' },
    { at: 'columns', field: 'total_declined_value', label: 'Declined value', as: 'money' },
    { at: 'columns', field: 'recoverable_pct', label: 'May be retried', as: 'pct' },
    { at: 'columns', field: 'affected_merchants', label: 'Merchants', as: 'count' },
  ],
}

const OPPORTUNITIES: PanelSpec = {
  title: 'What could come back, by segment and network',
  description: 'An estimate: declined value of retryable reasons times what such retries usually return.',
  kind: 'table',
  limit: 100,
  fields: [
    { at: 'columns', field: 'decline_reason', label: 'Reason' },
    { at: 'columns', field: 'merchant_segment', label: 'Segment', dimension: 'segment' },
    { at: 'columns', field: 'card_network', label: 'Network', dimension: 'network' },
    { at: 'columns', field: 'decline_count', label: 'Declines', as: 'count' },
    { at: 'columns', field: 'potential_recovery_value', label: 'Retryable value', as: 'money' },
    { at: 'columns', field: 'estimated_recovery_value', label: 'Estimate', as: 'money' },
    { at: 'columns', field: 'recovery_likelihood', label: 'Likelihood' },
    { at: 'columns', field: 'recommended_action', label: 'Next step' },
  ],
}

const ISSUERS: PanelSpec = {
  title: 'Issuers',
  description: 'First-attempt rate with its 95 % interval, lowest first when sorted.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'issuer', label: 'Issuer' },
    { at: 'columns', field: 'issuer_country', label: 'Country', dimension: 'country' },
    { at: 'columns', field: 'transaction_count', label: 'Attempts', as: 'count' },
    { at: 'columns', field: 'first_attempt_rate', label: 'First attempt', as: 'share' },
    { at: 'columns', field: 'first_attempt_rate_low', label: 'Low', as: 'share' },
    { at: 'columns', field: 'first_attempt_rate_high', label: 'High', as: 'share' },
  ],
}

const BINS: PanelSpec = {
  title: 'Card ranges',
  description: 'First-attempt rate with its 95 % interval, per BIN.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'card_bin', label: 'BIN' },
    { at: 'columns', field: 'card_network', label: 'Network', dimension: 'network' },
    { at: 'columns', field: 'issuer', label: 'Issuer' },
    { at: 'columns', field: 'transaction_count', label: 'Attempts', as: 'count' },
    { at: 'columns', field: 'first_attempt_rate', label: 'First attempt', as: 'share' },
    { at: 'columns', field: 'first_attempt_rate_low', label: 'Low', as: 'share' },
    { at: 'columns', field: 'first_attempt_rate_high', label: 'High', as: 'share' },
  ],
}

type Named = Record<string, unknown>
const waysOf = (row: Named) => <WaysOn short where={row} about={[row.decline_reason, row.merchant_segment, row.card_bin, row.issuer, row.card_network].filter(Boolean).join(', ')} />

function Declines() {
  const query = apiScope(useScope().scope)
  return (
    <Page title="Declines" question="Where do we lose good money, and what could come back?">
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel spec={LOST} query={getFaultAttributionOptions({ query })} />
        <Panel spec={FACTORS} query={declineSummaryOptions({ query })} />
        <Panel rowTools={waysOf} spec={REASONS} query={declineSummaryOptions({ query })} className="h-96 lg:col-span-2" />
        <Panel rowTools={waysOf} spec={OPPORTUNITIES} query={getDeclineRecoveryOpportunitiesOptions({ query })} className="h-96 lg:col-span-2" />
        <Panel rowTools={waysOf} spec={ISSUERS} query={getIssuerPerformanceOptions({ query })} />
        <Panel rowTools={waysOf} spec={BINS} query={getBinPerformanceOptions({ query })} />
      </div>
    </Page>
  )
}
