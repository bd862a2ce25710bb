import type { ProposalOut } from '@/api/generated'

type Action = { kind?: string; value?: string | number | null }
type Proposed = { eligible?: string | null; decision?: string; variants?: { actions?: Action[] }[] }

/** What an accepted proposal became, and where to go on with it. */
export function madeOf({ made }: ProposalOut): { to: '/rules' | '/experiments'; id: string } | null {
  const [kind, id] = (made ?? '').split('/')
  return id && (kind === 'rules' || kind === 'experiments') ? { to: `/${kind}`, id } : null
}

/** A proposed experiment as the rule that always does what its treatment does: what a backtest can replay. */
export function asRule({ change_type, proposed_value }: ProposalOut): { new: string; type: string; action: string; value: string } | null {
  if (change_type !== 'experiment') return null
  try {
    const told = JSON.parse(proposed_value) as Proposed
    const action = told.variants?.flatMap((one) => one.actions ?? []).at(0)
    return action?.kind ? { new: told.eligible ?? '', type: told.decision ?? 'routing', action: action.kind, value: String(action.value ?? '') } : null
  } catch {
    return null // a proposal of an older release is text
  }
}
