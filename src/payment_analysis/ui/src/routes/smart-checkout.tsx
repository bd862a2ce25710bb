import { createFileRoute } from '@tanstack/react-router'

import type { PanelSpec } from '@/analysis/panel'
import { Panel } from '@/analysis/panel'
import {
  getChallengeThresholdOptions,
  getSmartCheckoutPathPerformanceOptions,
  getSmartCheckoutServicePathsOptions,
  getThreeDsFunnelOptions,
  getTokenUpliftOptions,
} from '@/api/generated/@tanstack/react-query.gen'
import { Threshold } from '@/pages/smart-checkout/threshold'
import { Page } from '@/parts/page'
import { apiScope } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/smart-checkout')({ component: SmartCheckout })

const FUNNEL: PanelSpec = {
  title: '3DS, day by day',
  description: 'Attempts sent to 3DS, authenticated, and approved afterwards.',
  kind: 'line',
  fields: [
    { at: 'x', field: 'event_date', label: 'Day', scale: 'temporal' },
    { at: 'y', field: 'three_ds_routed_count', label: 'Sent to 3DS', as: 'count' },
    { at: 'y', field: 'three_ds_authenticated_count', label: 'Authenticated', as: 'count' },
    { at: 'y', field: 'issuer_approved_after_auth_count', label: 'Approved afterwards', as: 'count' },
  ],
}

const RATES: PanelSpec = {
  title: 'Friction and success, day by day',
  description: 'Challenged of those sent to 3DS; authenticated of those; approved of those.',
  kind: 'line',
  fields: [
    { at: 'x', field: 'event_date', label: 'Day', scale: 'temporal' },
    { at: 'y', field: 'three_ds_friction_rate_pct', label: 'Challenged', as: 'pct' },
    { at: 'y', field: 'three_ds_authentication_rate_pct', label: 'Authenticated', as: 'pct' },
    { at: 'y', field: 'issuer_approval_post_auth_rate_pct', label: 'Approved afterwards', as: 'pct' },
  ],
}

const PATHS: PanelSpec = {
  title: 'Which path is approved more',
  description: 'Approved of answered attempts. Acceptance also counts blocks and failed authentication.',
  kind: 'bar',
  layout: 'group',
  fields: [
    { at: 'x', field: 'path_taken', label: 'Path' },
    { at: 'y', field: 'approval_rate_pct', label: 'Approved', as: 'pct' },
    { at: 'y', field: 'acceptance_rate_pct', label: 'Accepted', as: 'pct' },
  ],
}

const TOKENS: PanelSpec = {
  title: 'What network tokens add',
  description: 'Difference of approval rates within equal strata, with its 95 % interval.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'level', label: 'Level' },
    { at: 'columns', field: 'card_network', label: 'Network', dimension: 'network' },
    { at: 'columns', field: 'token_rate', label: 'Token', as: 'share' },
    { at: 'columns', field: 'card_rate', label: 'Card number', as: 'share' },
    { at: 'columns', field: 'uplift', label: 'Uplift', as: 'share' },
    { at: 'columns', field: 'uplift_low', label: 'Low', as: 'share' },
    { at: 'columns', field: 'uplift_high', label: 'High', as: 'share' },
  ],
}

const TRADEOFF: PanelSpec = {
  title: 'What a challenge threshold trades',
  description: 'Estimated from attempts of equal score and funding: challenged ones above the threshold, the others below it.',
  kind: 'line',
  fields: [
    { at: 'x', field: 'threshold', label: 'Challenged from this fraud score on', scale: 'quantitative' },
    { at: 'y', field: 'approval', label: 'Approved', as: 'share' },
    { at: 'y', field: 'challenged', label: 'Challenged', as: 'share' },
    { at: 'y', field: 'fraud', label: 'Reported fraud', as: 'share' },
  ],
}

const SERVICES: PanelSpec = {
  title: 'Service paths',
  description: 'Combinations of services a payment went through.',
  kind: 'table',
  fields: [
    { at: 'columns', field: 'service_path', label: 'Path' },
    { at: 'columns', field: 'transaction_count', label: 'Attempts', as: 'count' },
    { at: 'columns', field: 'approval_rate_pct', label: 'Approved', as: 'pct' },
    { at: 'columns', field: 'acceptance_rate_pct', label: 'Accepted', as: 'pct' },
    { at: 'columns', field: 'antifraud_pct_of_declines', label: 'Antifraud, of declines', as: 'pct' },
    { at: 'columns', field: 'total_value', label: 'Value', as: 'money' },
  ],
}

function SmartCheckout() {
  const query = apiScope(useScope().scope)
  return (
    <Page title="Smart checkout" question="Where does friction cost more than fraud saves?">
      <div className="grid gap-3 lg:grid-cols-2">
        <Panel spec={FUNNEL} query={getThreeDsFunnelOptions({ query })} />
        <Panel spec={RATES} query={getThreeDsFunnelOptions({ query })} />
        <Threshold query={query} />
        <Panel spec={TRADEOFF} query={{ ...getChallengeThresholdOptions({ query }), select: (told: { points: unknown[] }) => ({ rows: told.points }) }} className="h-96" />
        <Panel spec={PATHS} query={getSmartCheckoutPathPerformanceOptions({ query })} />
        <Panel spec={TOKENS} query={getTokenUpliftOptions({ query })} />
        <Panel spec={SERVICES} query={getSmartCheckoutServicePathsOptions({ query })} className="h-96 lg:col-span-2" />
      </div>
    </Page>
  )
}
