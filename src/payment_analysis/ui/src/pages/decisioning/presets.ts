import type { DecisionContext } from '@/api/generated'

export type Kind = 'authentication' | 'routing' | 'retry'
export const KINDS = [
  ['authentication', 'Authentication'],
  ['routing', 'Routing'],
  ['retry', 'Retry'],
] as const satisfies readonly (readonly [Kind, string])[]

const BRAZIL = { merchant_id: 'm_0007', currency: 'BRL', network: 'visa', issuer_country: 'BR', merchant_country: 'BR' } as const

type Preset = { name: string; kind: Kind; context: DecisionContext }

/** Payments worth a look, each for what it shows; the first is the one shown at the start. */
export const PRESETS: readonly [Preset, ...Preset[]] = [
  { name: 'A plain payment', kind: 'routing', context: { ...BRAZIL, amount_minor: 12_000, payment_method_type: 'credit', risk_score: 0.1, has_network_token: true } },
  { name: 'A risky device', kind: 'authentication', context: { ...BRAZIL, amount_minor: 180_000, payment_method_type: 'credit', risk_score: 0.6, device_trust_score: 0.2 } },
  { name: 'Brazilian debit', kind: 'authentication', context: { ...BRAZIL, amount_minor: 9_900, payment_method_type: 'debit', risk_score: 0.1 } },
  { name: 'A small sale in Europe', kind: 'authentication', context: { merchant_id: 'm_0007', amount_minor: 1_900, currency: 'EUR', network: 'mastercard', issuer_country: 'DE', merchant_country: 'FR', risk_score: 0.05 } },
  { name: 'No money on the account', kind: 'retry', context: { ...BRAZIL, amount_minor: 8_000, attempt_number: 1, previous_decline_code: '51' } },
  { name: 'Do not honour, with a token', kind: 'retry', context: { ...BRAZIL, amount_minor: 8_000, attempt_number: 1, previous_decline_code: '05', is_network_token: true } },
  { name: 'A stolen card', kind: 'retry', context: { ...BRAZIL, amount_minor: 8_000, attempt_number: 1, previous_decline_code: '43' } },
]
