import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import type { DecisionContext } from '@/api/generated'
import { previewRetry } from '@/api/generated'
import { listTransactionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { inMajor, money } from '@/format/number'
import { label } from '@/format/words'
import { contextIn, contextOf } from '@/pages/decisioning/context'
import { PRESETS } from '@/pages/decisioning/presets'
import { Card } from '@/parts/card'
import { SelectField, TextField } from '@/parts/field'
import { Problem, Skeleton } from '@/parts/states'

import { Bounds } from './bounds'
import { spread } from './stops'

const FALLBACK = PRESETS.find((one) => one.kind === 'retry')
const EARLIER_MAX = 60
const AMOUNT_LOG_MAX = 7

/** A declined payment, typed or picked, and what another attempt would bring by wait and way. */
export function Simulator({ payment }: { payment: string | undefined }) {
  const context = contextIn(payment) ?? FALLBACK?.context
  const [earlier, setEarlier] = useState({ declines: 0, days: 7 })
  const navigate = useNavigate()
  if (!context) return null
  const look = (shown: DecisionContext) => void navigate({ to: '.', replace: true, search: ((before: object) => ({ ...before, payment: JSON.stringify(shown) })) as never })
  const change = (part: Partial<DecisionContext>) => look({ ...context, ...part })
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <Card title="A declined payment" note="What you see follows what you type; nothing is stored, so nothing may act on it.">
        <Pick take={look} />
        <Facts context={context} change={change} />
        <div className="mt-3 grid grid-cols-2 gap-3">
          <TextField label="Earlier declines of the card at the merchant" type="number" min={0} max={EARLIER_MAX} value={earlier.declines} onChange={(event) => setEarlier({ ...earlier, declines: Math.max(0, Math.min(EARLIER_MAX, Math.trunc(Number(event.target.value)))) })} />
          <TextField label="Spread over so many days" type="number" min={1} max={60} value={earlier.days} onChange={(event) => setEarlier({ ...earlier, days: Math.max(1, Math.min(60, Number(event.target.value))) })} />
        </div>
      </Card>
      <Shown context={context} earlier={spread(earlier.declines, earlier.days, context.previous_decline_code, context.previous_advice_code)} />
    </div>
  )
}

function Shown({ context, earlier }: { context: DecisionContext; earlier: ReturnType<typeof spread> }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['retry preview', context, earlier],
    queryFn: async ({ signal }) => (await previewRetry({ body: { context, earlier }, signal, throwOnError: true })).data,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (error) return <Card title="What a retry would bring"><Problem error={error} retry={() => void refetch()} /></Card>
  if (!data) return <Skeleton className="h-96" />
  return <Bounds preview={data} stale={isFetching} />
}

/** The newest declines, so that nobody has to type one. */
function Pick({ take }: { take: (context: DecisionContext) => void }) {
  const { data } = useQuery(listTransactionsOptions({ query: { result: 'declined', limit: 30 } }))
  const rows = (data?.rows ?? []).filter((row) => row.decline_code_raw && contextOf(row))
  const choices = rows.map((row) => {
    const amount = row.amount === null || row.amount === undefined || !row.currency ? '' : inMajor(Number(row.amount), row.currency)
    return [row.transaction_id ?? '', `${row.decline_code_raw} ${label(row.card_network)} ${amount}`] as const
  })
  if (choices.length === 0) return null
  return (
    <div className="mt-2 max-w-80">
      <SelectField
        label="Take a recent decline"
        value=""
        choices={[['', 'choose one'], ...choices]}
        onChange={(event) => {
          const row = rows.find((one) => one.transaction_id === event.target.value)
          const context = row && contextOf(row)
          if (context) take(context)
        }}
      />
    </div>
  )
}

function Facts({ context, change }: { context: DecisionContext; change: (part: Partial<DecisionContext>) => void }) {
  const amount = Math.max(context.amount_minor, 1)
  const text = (name: 'network' | 'previous_decline_code' | 'previous_advice_code') => ({ value: context[name] ?? '', onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value || null }) })
  const land = (name: 'issuer_country' | 'merchant_country') => ({ maxLength: 2, value: context[name] ?? '', onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value.toUpperCase().replaceAll(/[^A-Z]/g, '') || null }) })
  return (
    <div className="mt-2 grid grid-cols-2 gap-3 sm:grid-cols-3">
      <TextField label="Decline code" {...text('previous_decline_code')} />
      <TextField label="Advice code" {...text('previous_advice_code')} />
      <TextField label="Network" {...text('network')} />
      <TextField label="Issuer country" {...land('issuer_country')} />
      <TextField label="Merchant country" {...land('merchant_country')} />
      <TextField label="Attempts of this payment" type="number" min={1} max={50} value={context.attempt_number ?? 1} onChange={(event) => change({ attempt_number: Math.max(1, Math.min(50, Math.trunc(Number(event.target.value)))) })} />
      <label className="col-span-2 flex min-w-0 flex-col gap-1 text-xs text-ink-3 sm:col-span-3">
        {`Amount: ${money({ amount_minor: amount, currency: context.currency })}`}
        <input type="range" min={0} max={AMOUNT_LOG_MAX} step={AMOUNT_LOG_MAX / 200} value={Math.log10(amount)} onChange={(event) => change({ amount_minor: Math.round(10 ** Number(event.target.value)) })} className="h-8 accent-accent" />
      </label>
    </div>
  )
}
