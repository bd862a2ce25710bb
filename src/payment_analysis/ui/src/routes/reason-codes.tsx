import { createFileRoute } from '@tanstack/react-router'

import type { PanelSpec } from '@/analysis/panel'
import { Panel } from '@/analysis/panel'
import {
  getEntrySystemDistributionOptions,
  getFalseInsightsMetricOptions,
  getReasonCodeInsightsOptions,
  getReasonCodesOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Mapping } from '@/pages/reason-codes/mapping'
import { Page } from '@/parts/page'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/reason-codes')({ component: ReasonCodes })

const SYSTEMS: PanelSpec = {
  title: 'Entry systems',
  description: 'Approved of answered attempts, per way in.',
  kind: 'bar',
  fields: [
    { at: 'x', field: 'entry_system', label: 'Entry system', dimension: 'entry_system' },
    { at: 'y', field: 'approval_rate_pct', label: 'Approved', as: 'pct' },
  ],
}

const BY_SYSTEM: PanelSpec = {
  title: 'Declines by standard reason and entry system',
  description: 'How often each entry system answers with each standard reason.',
  kind: 'bar',
  layout: 'stack',
  fields: [
    { at: 'x', field: 'decline_count', label: 'Declines', as: 'count' },
    { at: 'y', field: 'decline_reason_standard', label: 'Standard reason' },
    { at: 'color', field: 'entry_system', label: 'Entry system', dimension: 'entry_system' },
  ],
}

const CODES: PanelSpec = {
  title: 'Reasons with what to do',
  description: 'Per entry system and flow; the estimate is the retryable part times what such retries usually return.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'priority', label: 'Priority', as: 'count' },
    { at: 'columns', field: 'entry_system', label: 'Entry system', dimension: 'entry_system' },
    { at: 'columns', field: 'flow_type', label: 'Flow' },
    { at: 'columns', field: 'decline_reason_standard', label: 'Standard reason' },
    { at: 'columns', field: 'decline_count', label: 'Declines', as: 'count' },
    { at: 'columns', field: 'pct_of_declines', label: 'Share', as: 'pct' },
    { at: 'columns', field: 'total_declined_value', label: 'Declined value', as: 'money' },
    { at: 'columns', field: 'estimated_recoverable_value', label: 'Estimate', as: 'money' },
    { at: 'columns', field: 'recommended_action', label: 'Next step' },
    { at: 'columns', field: 'actionability', label: 'Actionable' },
  ],
}

const FALSE_INSIGHTS: PanelSpec = {
  title: 'False insights, as experts judged them',
  description: 'Share of reviewed insights that were invalid or not actionable.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'review_date', label: 'Day' },
    { at: 'columns', field: 'reviewed_insights', label: 'Reviewed', as: 'count' },
    { at: 'columns', field: 'false_insights', label: 'False', as: 'count' },
    { at: 'columns', field: 'false_insights_pct', label: 'Share', as: 'pct' },
  ],
}

function ReasonCodes() {
  const query = apiScope(useScope().scope)
  return (
    <Page title="Reason codes" question="Do we read the codes right, per entry system?">
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel spec={SYSTEMS} query={getEntrySystemDistributionOptions({ query })} />
        <Panel spec={BY_SYSTEM} query={getReasonCodesOptions({ query })} />
        <Panel spec={CODES} query={getReasonCodeInsightsOptions({ query })} className="h-96 lg:col-span-2" />
        <Mapping />
        <Panel spec={FALSE_INSIGHTS} query={getFalseInsightsMetricOptions({ query })} className="h-96 lg:col-span-2" />
      </div>
    </Page>
  )
}
