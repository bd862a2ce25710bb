import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { ExperimentIn } from '@/api/generated'
import { createExperimentMutation, getExperimentPowerOptions, listExperimentsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { count } from '@/format/number'
import { languageOptions, TYPES } from '@/pages/rules/draft'
import { Button } from '@/parts/button'
import { AreaField, SelectField, TextField } from '@/parts/field'
import { Problem, Skeleton } from '@/parts/states'

/** `value` without an action is the route a cause was found at; leaving it is then what is tried. */
export type Start = { eligible: string; decision: string; action: string; value: string }
const ratio = (text: string) => Number(text) / 100

/** Designs an experiment: who takes part, what is tried, and how many subjects it needs to be seen. */
export function Design({ start, onKept }: { start: Start; onKept: (id: string) => void }) {
  const client = useQueryClient()
  const { data: language, error } = useQuery(languageOptions())
  const [plan, setPlan] = useState({ name: '', description: '', decision: start.decision, eligible: start.eligible, subject: 'payment_id', action: start.action || (start.value ? 'forbid_route' : ''), value: start.value, share: '50', holdout: '5', effect: '1' })
  const change = (more: Partial<typeof plan>) => setPlan({ ...plan, ...more })
  const create = useMutation({
    ...createExperimentMutation(),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: listExperimentsQueryKey() })
      onKept(made.id)
    },
  })
  if (error) return <Problem error={error} />
  if (!language) return <Skeleton className="m-4 h-64" />
  const actions = language.actions.filter((one) => one.decisions.includes(plan.decision as 'routing'))
  const action = actions.find((one) => one.kind === plan.action) ?? actions[0]
  const body = {
    name: plan.name.trim(),
    description: plan.description.trim() || null,
    decision: plan.decision,
    eligible: plan.eligible.trim() || null,
    subject: plan.subject,
    holdout_share: ratio(plan.holdout),
    effect_min: ratio(plan.effect),
    variants: [
      { name: 'control', share: 1 - ratio(plan.share), actions: [], configuration: {} },
      { name: 'treatment', share: ratio(plan.share), actions: action ? [{ kind: action.kind, value: plan.value.trim() || null }] : [], configuration: {} },
    ],
  } as ExperimentIn
  return (
    <div className="flex flex-col gap-3 p-4">
      <TextField label="Name" value={plan.name} onChange={(event) => change({ name: event.target.value })} />
      <AreaField label="What it is to find out" rows={2} value={plan.description} onChange={(event) => change({ description: event.target.value })} />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label="Decision" value={plan.decision} onChange={(event) => change({ decision: event.target.value, action: '', value: '' })} choices={TYPES.map((one) => [one, one] as const)} />
        <SelectField label="Assigned as a whole" value={plan.subject} onChange={(event) => change({ subject: event.target.value })} choices={language.subjects.map((one) => [one, one] as const)} />
      </div>
      <AreaField label="Who takes part" note="A condition like a rule's; empty is everybody." rows={2} spellCheck={false} className="font-mono" value={plan.eligible} onChange={(event) => change({ eligible: event.target.value })} />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label="The treatment does" value={action?.kind ?? ''} onChange={(event) => change({ action: event.target.value, value: '' })} choices={actions.map((one) => [one.kind, one.words.replace('{}', `… (${one.takes})`)] as const)} />
        {action && action.takes !== 'nothing' && (
          <TextField label={action.takes} note={action.values.join(', ')} value={plan.value} onChange={(event) => change({ value: event.target.value })} />
        )}
      </div>
      <div className="grid gap-3 sm:grid-cols-3">
        <TextField label="Treatment's share, %" inputMode="decimal" value={plan.share} onChange={(event) => change({ share: event.target.value })} />
        <TextField label="Permanent holdout, %" note="Never treated by any experiment: the organic baseline." inputMode="decimal" value={plan.holdout} onChange={(event) => change({ holdout: event.target.value })} />
        <TextField label="Smallest lift worth finding, points" inputMode="decimal" value={plan.effect} onChange={(event) => change({ effect: event.target.value })} />
      </div>
      <Power share={ratio(plan.share)} effect={ratio(plan.effect)} holdout={ratio(plan.holdout)} />
      <div>
        <Button look="strong" disabled={!plan.name.trim() || create.isPending} onClick={() => create.mutate({ body })}>
          Keep as draft
        </Button>
      </div>
      {create.error && <Problem error={create.error} />}
    </div>
  )
}

/** How many subjects, and how long that takes. */
function Power({ share, effect, holdout }: { share: number; effect: number; holdout: number }) {
  const [base, setBase] = useState('87')
  const [perDay, setPerDay] = useState('1000')
  const makesSense = share > 0 && share < 1 && effect > 0 && effect < 1 && ratio(base) > 0 && ratio(base) < 1
  const daily = Number(perDay) * (1 - holdout)
  const { data, error } = useQuery({
    ...getExperimentPowerOptions({ query: { base: ratio(base), effect, shares: [1 - share, share], per_day: daily > 0 ? daily : null } }),
    enabled: makesSense,
    placeholderData: keepPreviousData,
  })
  return (
    <fieldset className="grid gap-3 rounded-lg border p-3 sm:grid-cols-2">
      <legend className="px-1 text-xs text-ink-3">How many it needs</legend>
      <TextField label="Approval rate now, %" inputMode="decimal" value={base} onChange={(event) => setBase(event.target.value)} />
      <TextField label="Subjects a day" inputMode="numeric" value={perDay} onChange={(event) => setPerDay(event.target.value)} />
      <div className="sm:col-span-2" aria-live="polite">
        {error ? (
          <Problem error={error} />
        ) : !makesSense ? (
          <p className="text-ink-3">Shares and lift have to be above 0.</p>
        ) : (
          data && (
            <p className="text-ink-2">
              <b className="num">{count(data.total)}</b> subjects ({data.per_variant.map((one) => count(one)).join(' and ')}) for 80 % power
              {data.days !== null && (
                <>
                  , about <b className="num">{Math.ceil(data.days)}</b> days
                </>
              )}
              . Read every day, it takes about half as many again.
            </p>
          )
        )}
      </div>
    </fieldset>
  )
}
