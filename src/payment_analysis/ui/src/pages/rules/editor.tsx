import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { analyseRulesMutation, backtestRuleMutation, createApprovalRuleMutation, listApprovalRulesQueryKey, updateApprovalRuleMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { SelectField, TextField } from '@/parts/field'
import { Problem, Skeleton } from '@/parts/states'

import { BacktestResult } from './backtest'
import { Condition, useReading } from './condition'
import type { Draft } from './draft'
import { asType, bodyOf, languageOptions, TYPES, withType } from './draft'

/** Writes a rule: what it says is read, analysed and replayed before it is kept. */
export function Editor({ start, onKept }: { start: Draft; onKept: (id: string) => void }) {
  const [draft, setDraft] = useState(start)
  const client = useQueryClient()
  const { data: language, error } = useQuery(languageOptions())
  const { data: reading } = useReading(draft)
  const analyse = useMutation(analyseRulesMutation())
  const replay = useMutation({ ...backtestRuleMutation(), onSuccess: () => client.invalidateQueries({ queryKey: listApprovalRulesQueryKey() }) })
  const kept = async (rule: { id: string }) => {
    await client.invalidateQueries({ queryKey: listApprovalRulesQueryKey() })
    onKept(rule.id)
  }
  const create = useMutation({ ...createApprovalRuleMutation(), onSuccess: kept })
  const update = useMutation({ ...updateApprovalRuleMutation(), onSuccess: kept })
  if (error) return <Problem error={error} />
  if (!language) return <Skeleton className="m-4 h-64" />
  const change = (more: Partial<Draft>) => {
    setDraft({ ...draft, ...more })
    replay.reset()
    analyse.reset()
  }
  const body = bodyOf(draft)
  const keep = () => {
    if (!draft.id) return create.mutate({ body })
    const { rule_type: _, ...changes } = body
    return update.mutate({ path: { rule_id: draft.id }, body: changes })
  }
  const reads = reading?.ok ?? false
  const busy = create.isPending || update.isPending
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="grid gap-3 sm:grid-cols-[1fr_10rem_6rem]">
        <TextField label="Name" value={draft.name} onChange={(event) => change({ name: event.target.value })} />
        <SelectField label="Decision" disabled={draft.id !== null}
            value={draft.type}
            onChange={(event) => {
              setDraft(withType(draft, asType(event.target.value)))
              replay.reset()
            }}
            choices={TYPES.map((one) => [one, one] as const)} />
        <TextField label="Priority" note="lower first" inputMode="numeric" value={draft.priority} onChange={(event) => change({ priority: event.target.value })} />
      </div>
      <Condition draft={draft} reading={reading} fields={language.fields.filter((one) => one.decisions.includes(draft.type))} onText={(text) => change({ text })} />
      <Action draft={draft} language={language.actions} onChange={change} />
      <div className="flex flex-wrap items-center gap-2">
        <Button look="strong" disabled={!reads || replay.isPending} onClick={() => replay.mutate({ body: { rule_type: body.rule_type, condition_expression: draft.text, action_kind: body.action_kind, action_value: body.action_value ?? null } })}>
          {replay.isPending ? 'Replaying…' : 'Backtest on 90 days'}
        </Button>
        <Button disabled={!reads || analyse.isPending} onClick={() => analyse.mutate({ body })}>
          Check against other rules
        </Button>
        <Button className="ml-auto" disabled={!reads || busy || !draft.name.trim()} onClick={keep}>
          {draft.id ? 'Keep as new version' : 'Keep as draft'}
        </Button>
      </div>
      {[replay.error, analyse.error, create.error, update.error].map((one, place) => one && <Problem key={place} error={one} />)}
      {analyse.data && <Findings found={analyse.data} />}
      {replay.data && <BacktestResult result={replay.data} />}
    </div>
  )
}

type Meaning = { kind: string; words: string; takes: string; decisions: readonly string[]; values: readonly string[] }

function Action({ draft, language, onChange }: { draft: Draft; language: readonly Meaning[]; onChange: (more: Partial<Draft>) => void }) {
  const choices = language.filter((one) => one.decisions.includes(draft.type))
  const chosen = choices.find((one) => one.kind === draft.action)
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField label="Then" value={draft.action} onChange={(event) => onChange({ action: event.target.value, value: '' })} choices={choices.map((one) => [one.kind, one.words.replace('{}', `… (${one.takes})`)] as const)} />
      {chosen && chosen.takes !== 'nothing' &&
        (chosen.values.length > 0 ? (
          <SelectField label={chosen.takes} value={draft.value} onChange={(event) => onChange({ value: event.target.value })} choices={[['', 'choose'], ...chosen.values.map((one) => [one, one] as const)]} />
        ) : (
          <TextField label={chosen.takes} value={draft.value} onChange={(event) => onChange({ value: event.target.value })} />
        ))}
    </div>
  )
}

function Findings({ found }: { found: readonly { kind: string; words: string }[] }) {
  if (found.length === 0) return <p className="text-good">No conflict with a rule in force, and nothing that keeps it from firing.</p>
  return (
    <ul className="rounded-lg bg-warn-soft p-2 text-warn">
      {found.map((one) => (
        <li key={one.words}>{one.words}</li>
      ))}
    </ul>
  )
}
