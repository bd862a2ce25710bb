import type { DecisionContext } from '@/api/generated'
import { money } from '@/format/number'
import { SelectField, TextField } from '@/parts/field'

type Props = { context: DecisionContext; change: (part: Partial<DecisionContext>) => void }

const AMOUNT_LOG_MAX = 7

/** The facts people change most; everything else is in the JSON below. */
export function PaymentForm({ context, change }: Props) {
  const amount = Math.max(context.amount_minor, 1)
  return (
    <div className="mt-2 grid grid-cols-2 gap-3 sm:grid-cols-3">
      <Slider label={`Amount: ${money({ amount_minor: amount, currency: context.currency })}`} value={Math.log10(amount)} max={AMOUNT_LOG_MAX} move={(at) => change({ amount_minor: Math.round(10 ** at) })} />
      <Slider label={`Fraud score: ${(context.risk_score ?? 0).toFixed(2)}`} value={context.risk_score ?? 0} max={1} move={(risk_score) => change({ risk_score })} />
      <Slider label={`Device trust: ${(context.device_trust_score ?? 0).toFixed(2)}`} value={context.device_trust_score ?? 0} max={1} move={(device_trust_score) => change({ device_trust_score })} />
      <TextField label="Network" value={context.network ?? ''} onChange={(event) => change({ network: event.target.value || null })} />
      <TextField label="Issuer country" maxLength={2} value={context.issuer_country ?? ''} onChange={(event) => change({ issuer_country: event.target.value.toUpperCase() || null })} />
      <SelectField
        label="Funding"
        value={context.payment_method_type ?? ''}
        choices={[['', 'not known'], ['credit', 'credit'], ['debit', 'debit'], ['prepaid', 'prepaid']]}
        onChange={(event) => change({ payment_method_type: (event.target.value || null) as DecisionContext['payment_method_type'] })}
      />
      <TextField label="Code of the decline before" value={context.previous_decline_code ?? ''} onChange={(event) => change({ previous_decline_code: event.target.value || null })} />
      <TextField label="Attempts made" type="number" min={0} max={50} value={context.attempt_number ?? 0} onChange={(event) => change({ attempt_number: Number(event.target.value) })} />
      <TextField label="Route before" value={context.previous_route ?? ''} onChange={(event) => change({ previous_route: event.target.value || null })} />
    </div>
  )
}

function Slider({ label, value, max, move }: { label: string; value: number; max: number; move: (to: number) => void }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-xs text-ink-3">
      {label}
      <input type="range" min={0} max={max} step={max / 200} value={value} onChange={(event) => move(Number(event.target.value))} className="h-8 accent-accent" />
    </label>
  )
}
