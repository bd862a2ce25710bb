import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { ApprovalRuleOut, RuleStatus } from '@/api/generated'
import { listApprovalRulesQueryKey, listApprovalRuleVersionsOptions, listApprovalRuleVersionsQueryKey, rollBackApprovalRuleMutation, setApprovalRuleStatusMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Input } from '@/parts/field'
import { Problem, Skeleton } from '@/parts/states'

const STEPS: Record<RuleStatus, readonly { to: RuleStatus; name: string }[]> = {
  draft: [
    { to: 'shadow', name: 'Run in shadow' },
    { to: 'active', name: 'Activate' },
  ],
  shadow: [
    { to: 'active', name: 'Activate' },
    { to: 'retired', name: 'Retire' },
  ],
  active: [
    { to: 'shadow', name: 'Back to shadow' },
    { to: 'retired', name: 'Retire' },
  ],
  retired: [{ to: 'draft', name: 'Make it a draft' }],
}

/** One rule: where it stands and what it said before. */
export function Standing({ rule, zone }: { rule: ApprovalRuleOut; zone: string }) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: listApprovalRulesQueryKey() })
    await client.invalidateQueries({ queryKey: listApprovalRuleVersionsQueryKey({ path: { rule_id: rule.id } }) })
  }
  const step = useMutation({ ...setApprovalRuleStatusMutation(), onSuccess: refresh })
  return (
    <div className="flex flex-col gap-3 border-b p-4">
      <p className="text-ink-2">
        {label(rule.status)} since {moment(rule.status_since, zone)} · version <span className="num">{rule.version}</span> · {rule.owner}
        {rule.changed_by !== rule.owner && `, last changed by ${rule.changed_by}`} · {rule.replayed_at ? `replayed ${moment(rule.replayed_at, zone)}` : 'not replayed yet'}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {STEPS[rule.status].map((one) => (
          <Button key={one.to} disabled={step.isPending} onClick={() => step.mutate({ path: { rule_id: rule.id }, body: { status: one.to, reason: reason.trim() || null } })}>
            {one.name}
          </Button>
        ))}
        {!rule.replayed_at && rule.status !== 'active' && rule.status !== 'retired' && (
          <Input className="max-w-72" aria-label="Reason to activate without a backtest" placeholder="administrator: why without a backtest" value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </div>
      {step.error && <Problem error={step.error} />}
      <Versions rule={rule} zone={zone} onBack={refresh} />
    </div>
  )
}

function Versions({ rule, zone, onBack }: { rule: ApprovalRuleOut; zone: string; onBack: () => Promise<void> }) {
  const { data, error } = useQuery(listApprovalRuleVersionsOptions({ path: { rule_id: rule.id } }))
  const back = useMutation({ ...rollBackApprovalRuleMutation(), onSuccess: onBack })
  if (error) return <Problem error={error} />
  if (!data) return <Skeleton className="h-16" />
  return (
    <details>
      <summary className="cursor-pointer text-ink-2">Versions ({data.length})</summary>
      <ol className="mt-2 flex flex-col gap-2">
        {data.map((one, place) => {
          const before = data[place + 1]
          return (
            <li key={one.version} className="rounded-lg border p-2">
              <div className="flex items-center gap-2 text-xs text-ink-3">
                <span className="num">version {one.version}</span> · {one.written_by} · {moment(one.created_at, zone)}
                {one.note && <span>· {one.note}</span>}
                {place > 0 && (
                  <Button className="ml-auto" disabled={back.isPending} onClick={() => back.mutate({ path: { rule_id: rule.id }, body: { version: one.version } })}>
                    Roll back to it
                  </Button>
                )}
              </div>
              {(one.changed.length > 0 && before ? one.changed : ['condition_expression', 'action_summary']).map((name) => (
                <Difference key={name} name={name} now={one[name as 'name']} before={one.changed.length > 0 ? before?.[name as 'name'] : undefined} />
              ))}
            </li>
          )
        })}
      </ol>
      {back.error && <Problem error={back.error} />}
    </details>
  )
}

function Difference({ name, now, before }: { name: string; now: unknown; before: unknown }) {
  return (
    <div className="mt-1 font-mono text-xs break-words">
      <span className="text-ink-3">{name} </span>
      {before !== undefined && <del className="text-bad">{String(before ?? '')}</del>} <ins className={before === undefined ? 'text-ink no-underline' : 'text-good no-underline'}>{String(now ?? '')}</ins>
    </div>
  )
}
