import type { ApprovalRuleIn, ApprovalRuleOut, Decision, RuleFieldOut } from '@/api/generated'
import { getRuleLanguageOptions } from '@/api/generated/@tanstack/react-query.gen'

/** A rule as it stands in the editor; everything is text until the server has read it. */
export type Draft = { id: string | null; name: string; type: Decision; text: string; action: string; value: string; priority: string; note: string }

export const TYPES: readonly Decision[] = ['authentication', 'routing', 'retry']
export const asType = (word: unknown): Decision => TYPES.find((one) => one === word) ?? 'routing'
const FIRST_ACTION: Record<Decision, string> = { authentication: 'force_path', routing: 'forbid_route', retry: 'do_not_retry' }

export const emptyDraft = (type: Decision, text: string, action = FIRST_ACTION[type], value = ''): Draft => ({ id: null, name: '', type, text, action, value, priority: '100', note: '' })

export const draftOf = (rule: ApprovalRuleOut): Draft => ({
  id: rule.id,
  name: rule.name,
  type: rule.rule_type,
  text: rule.condition_expression ?? '',
  action: rule.action_kind,
  value: rule.action_value ?? '',
  priority: String(rule.priority),
  note: '',
})

/** Another decision knows other fields and actions. */
export const withType = (draft: Draft, type: Decision): Draft => ({ ...draft, type, action: FIRST_ACTION[type], value: '' })

export const bodyOf = (draft: Draft): ApprovalRuleIn => ({
  name: draft.name.trim() || 'without a name',
  rule_type: draft.type,
  condition_expression: draft.text,
  action_kind: draft.action as ApprovalRuleIn['action_kind'],
  action_value: draft.value.trim() || null,
  priority: Number(draft.priority) || 0,
  note: draft.note.trim() || null,
})

export const languageOptions = () => ({ ...getRuleLanguageOptions(), staleTime: Infinity })

const OPERATORS: Record<string, readonly string[]> = {
  word: ['=', '<>', 'IN', 'LIKE', 'IS NULL'],
  flag: ['is true', 'is false', 'IS NULL'],
  number: ['>=', '<=', '=', '<>', '>', '<', 'IS NULL'],
}
export const operatorsOf = (field: RuleFieldOut) => OPERATORS[field.kind] ?? OPERATORS.number ?? []

/** One comparison as text; the server reads it like anybody's. */
export function comparison(field: RuleFieldOut, operator: string, value: string): string {
  if (operator === 'IS NULL') return `${field.name} IS NULL`
  if (field.kind === 'flag') return operator === 'is false' ? `NOT ${field.name}` : field.name
  if (field.kind !== 'word') return `${field.name} ${operator} ${value.trim()}`
  const quoted = (word: string) => `'${word.trim().replaceAll("'", "''")}'`
  return operator === 'IN' ? `${field.name} IN (${value.split(',').map(quoted).join(', ')})` : `${field.name} ${operator} ${quoted(value)}`
}

export function appended(text: string, more: string, word: 'AND' | 'OR'): string {
  if (!text.trim()) return more
  return word === 'AND' && /\bor\b/i.test(text) ? `(${text.trim()}) AND ${more}` : `${text.trim()} ${word} ${more}`
}
