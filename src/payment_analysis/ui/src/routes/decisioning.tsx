import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import type { DecisionContext } from '@/api/generated'
import { previewDecision } from '@/api/generated'
import { decideBatchMutation, recentDecisionsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { SelectField } from '@/parts/field'
import { Page } from '@/parts/page'
import { Problem, Skeleton } from '@/parts/states'
import type { Answer } from '@/pages/decisioning/answer'
import { AnswerCard } from '@/pages/decisioning/answer'
import { PaymentForm } from '@/pages/decisioning/payment-form'
import type { Kind } from '@/pages/decisioning/presets'
import { conditionOf, contextIn } from '@/pages/decisioning/context'
import { Made } from '@/pages/decisioning/made'
import { KINDS, PRESETS } from '@/pages/decisioning/presets'
import { Recent } from '@/pages/decisioning/recent'
import { useScope } from '@/scope/use-scope'

type Search = { decide?: Kind | undefined; payment?: string | undefined; audit?: string | undefined }

const word = (value: unknown) => (typeof value === 'string' ? value : undefined)

export const Route = createFileRoute('/decisioning')({
  validateSearch: (search: Record<string, unknown>): Search => ({ decide: KINDS.find(([kind]) => kind === search.decide)?.[0], payment: word(search.payment), audit: word(search.audit) }),
  component: Decisioning,
})

const [FIRST] = PRESETS

function Decisioning() {
  const { zone } = useScope()
  const { decide: kind = FIRST.kind, payment, audit } = Route.useSearch()
  const context = contextIn(payment) ?? FIRST.context
  const navigate = useNavigate()
  const look = (shown: DecisionContext, as = kind) =>
    void navigate({ to: '.', replace: true, search: ((before: object) => ({ ...before, decide: as, payment: JSON.stringify(shown) })) as never })
  const change = (part: Partial<DecisionContext>) => look({ ...context, ...part })
  return (
    <Page title="Decisioning" question="What would be decided, why, and what would everything else have brought?">
      <div className="flex flex-wrap gap-2" role="group" aria-label="Presets">
        {PRESETS.map((preset) => (
          <Button key={preset.name} onClick={() => look(preset.context, preset.kind)}>
            {preset.name}
          </Button>
        ))}
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="The payment" note="The answer follows while you drag; it is stored only when you press Decide.">
          <div className="mt-2 max-w-48">
            <SelectField label="Decide" value={kind} choices={KINDS} onChange={(event) => look(context, event.target.value as Kind)} />
          </div>
          <PaymentForm context={context} change={change} />
          <Json context={context} take={(shown) => look(shown)} />
          <Actions kind={kind} context={context} />
        </Card>
        <Preview kind={kind} context={context} />
      </div>
      {audit && <Made audit={audit} zone={zone} />}
      <Recent zone={zone} open={(decided) => void navigate({ to: '.', search: ((before: object) => ({ ...before, audit: decided })) as never })} />
    </Page>
  )
}

function Preview({ kind, context }: { kind: Kind; context: DecisionContext }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['preview', kind, context],
    queryFn: async ({ signal }) => (await previewDecision({ body: { decision_type: kind, context }, signal, throwOnError: true })).data as Answer,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-96" />
  return (
    <section aria-label="What would be decided">
      <AnswerCard answer={data} stale={isFetching} note="A preview: not stored, so nothing may act on it." />
    </section>
  )
}

function Json({ context, take }: { context: DecisionContext; take: (context: DecisionContext) => void }) {
  const [wrong, setWrong] = useState('')
  const read = (text: string) => {
    try {
      take(JSON.parse(text) as DecisionContext)
      setWrong('')
    } catch (error) {
      setWrong(String(error))
    }
  }
  return (
    <details className="mt-3">
      <summary className="cursor-pointer text-xs text-ink-3">As JSON</summary>
      <textarea
        key={JSON.stringify(context)}
        aria-label="The payment as JSON"
        className="num mt-1 h-40 w-full rounded-lg border bg-page p-2 text-xs"
        defaultValue={JSON.stringify(context, null, 2)}
        onBlur={(event) => read(event.target.value)}
      />
      {wrong && <p className="text-xs text-bad">{wrong}</p>}
    </details>
  )
}

function Actions({ kind, context }: { kind: Kind; context: DecisionContext }) {
  const client = useQueryClient()
  const decide = useMutation({ ...decideBatchMutation(), onSuccess: () => client.invalidateQueries({ queryKey: recentDecisionsQueryKey({ query: { limit: 20 } }) }) })
  const [copied, setCopied] = useState(false)
  const curl = `curl -X POST ${location.origin}/api/decision/${kind} -H 'authorization: Bearer $TOKEN' -H 'content-type: application/json' -d '${JSON.stringify(context)}'`
  const [first] = decide.data?.decisions ?? []
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <Button look="strong" disabled={decide.isPending} onClick={() => decide.mutate({ body: { decision_type: kind, contexts: [context] } })}>
        Decide
      </Button>
      <Button onClick={() => void navigator.clipboard.writeText(curl).then(() => setCopied(true))}>{copied ? 'Copied' : 'Copy as curl'}</Button>
      <Link to="/rules" search={{ new: conditionOf(kind, context), type: kind } as never} className="text-accent-ink hover:underline">
        Create rule from this
      </Link>
      {first?.problem && <span className="text-xs text-bad">{first.problem}</span>}
      {first?.decision && <span className="num text-xs text-ink-3">stored as {String(first.decision.audit_id)}</span>}
      {decide.error && <Problem error={decide.error} />}
    </div>
  )
}
