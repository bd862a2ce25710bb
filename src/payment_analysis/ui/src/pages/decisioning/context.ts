import type { AttemptRow, DecisionContext } from '@/api/generated'

import type { Kind } from './presets'

/** The payment in an address: an object that names at least a merchant, an amount and its currency; the server checks the rest. */
export function contextIn(text: string | undefined): DecisionContext | undefined {
  try {
    const given = JSON.parse(text ?? 'null') as Partial<DecisionContext> | null
    return given && isWhole(given) ? given : undefined
  } catch {
    return undefined
  }
}

const isWhole = (given: Partial<DecisionContext>): given is DecisionContext =>
  typeof given.merchant_id === 'string' && typeof given.amount_minor === 'number' && typeof given.currency === 'string'

/** Columns of an attempt that a decision may know, by the name it has there. */
const SAME = ['merchant_id', 'amount_minor', 'currency', 'card_bin', 'issuer', 'issuer_country', 'merchant_segment', 'entry_system', 'payment_method_type'] as const

/** An attempt as the payment to decide about again; null where the attempt does not say enough. */
export function contextOf(attempt: AttemptRow): DecisionContext | null {
  const same = SAME.flatMap((name) => (attempt[name] === null || attempt[name] === undefined ? [] : [[name, attempt[name]] as const]))
  const context = Object.fromEntries(same) as Partial<DecisionContext>
  if (!isWhole(context)) return null
  const { card_network: network, decline_code_raw: code, psp: route, fraud_score: risk, attempt_number: number } = attempt
  return {
    ...context,
    ...(network ? { network } : {}),
    ...(code ? { previous_decline_code: code, attempt_number: number ?? 1 } : {}),
    ...(route ? { previous_route: route } : {}),
    ...(risk === null || risk === undefined ? {} : { risk_score: Number(risk) }),
  }
}

/** The payment as the condition of a rule: the facts a rule most often turns on, by the names of the rule language. */
export function conditionOf(kind: Kind, { network, issuer_country, currency, previous_decline_code }: DecisionContext): string {
  const facts = { card_network: network, issuer_country, currency, ...(kind === 'retry' ? { decline_code_raw: previous_decline_code } : {}) }
  return Object.entries(facts)
    .flatMap(([name, value]) => (value ? [`${name} = '${value.replaceAll("'", "''")}'`] : []))
    .join(' AND ')
}
