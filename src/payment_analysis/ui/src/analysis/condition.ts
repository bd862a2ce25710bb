/** The place of a cause as the condition of a rule. */

export type Where = Readonly<Record<string, unknown>>
type Decision = 'routing' | 'retry'

/** Dimensions of the scope by the names of the rule language; the language's own names stay. */
const RULE_NAMES: Record<string, string> = { network: 'card_network', country: 'issuer_country', segment: 'merchant_segment', merchant: 'merchant_id' }
const KNOWN = new Set(['card_network', 'issuer_country', 'merchant_segment', 'merchant_id', 'merchant_country', 'entry_system', 'currency', 'issuer', 'card_bin', 'flow_type', 'entry_mode', 'device_type', 'payment_method_type', 'geo_country', 'wallet', 'initiator'])
/** Of a decline, the finest first: a code says its reason, and a reason who is at fault. */
const OF_A_DECLINE = ['decline_code_raw', 'decline_reason', 'decline_reason_standard', 'decline_reason_group', 'decline_fault']
const OF_DECLINES = new Set(OF_A_DECLINE)
const fineness = (name: string) => OF_A_DECLINE.indexOf(name)
/** Standard reasons are written in capitals; tables show them small, and some answers call them just the reason. */
const STANDARD = new Set(['FUNDS_OR_LIMIT', 'ISSUER_TECHNICAL', 'ISSUER_DO_NOT_HONOR', 'CARD_EXPIRED', 'SECURITY_CVV', 'SECURITY_3DS_FAILED', 'FRAUD_SUSPECTED', 'OTHER'])

const ruleFact = (name: string, value: string): readonly [string, string] =>
  name.startsWith('decline_reason') && STANDARD.has(value.toUpperCase()) ? ['decline_reason_standard', value.toUpperCase()] : [RULE_NAMES[name] ?? name, value]

export type Start = { decision: Decision; condition: string; value: string }

/** What a rule or an experiment about a cause begins with; null where the cause names nothing that a decision knows. */
export function startOf(where: Where): Start | null {
  const named = Object.entries(where).flatMap(([name, value]) => (typeof value === 'string' && value !== '' && value !== '(none)' ? [ruleFact(name, value)] : []))
  const decision: Decision = named.some(([name]) => OF_DECLINES.has(name)) ? 'retry' : 'routing'
  const route = named.find(([name]) => name === 'psp')?.[1] ?? ''
  const [finest] = named.filter(([name]) => OF_DECLINES.has(name)).toSorted(([a], [b]) => fineness(a) - fineness(b))
  const parts = named.filter(([name]) => KNOWN.has(name) || name === finest?.[0])
  if (parts.length === 0 && route === '') return null
  const condition = parts.map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`).join(' AND ')
  return { decision, condition, value: decision === 'routing' ? route : '' }
}
