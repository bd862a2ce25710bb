import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'

import type { RuleFieldOut, RuleTextOut } from '@/api/generated'
import { validateRule } from '@/api/generated'
import { Button } from '@/parts/button'
import { AreaField, SelectField, TextField } from '@/parts/field'

import type { Draft } from './draft'
import { appended, comparison, operatorsOf } from './draft'

/** Reads the condition on the server while it is typed. */
export function useReading(draft: Draft) {
  const text = useDeferredValue(draft.text)
  return useQuery({
    queryKey: ['rule-text', draft.type, text],
    queryFn: async () => (await validateRule({ body: { rule_type: draft.type, condition_expression: text }, throwOnError: true })).data,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}

/** The text of a condition, with the character of a mistake, and a builder that writes into it. */
export function Condition({ draft, fields, reading, onText }: { draft: Draft; fields: readonly RuleFieldOut[]; reading: RuleTextOut | undefined; onText: (text: string) => void }) {
  return (
    <div className="flex flex-col gap-2">
      <AreaField label="Condition" note="Empty fires everywhere. AND, OR, NOT, parentheses, IN, BETWEEN, LIKE, IS NULL; 70%, 500 BRL, 3 days." rows={3}
          spellCheck={false}
          className="font-mono"
          aria-invalid={reading ? !reading.ok : undefined}
          value={draft.text}
          onChange={(event) => onText(event.target.value)} />
      {reading && <Read reading={reading} text={draft.text} />}
      <Builder key={draft.type} fields={fields} onAdd={(more, word) => onText(appended(draft.text, more, word))} />
    </div>
  )
}

function Read({ reading, text }: { reading: RuleTextOut; text: string }) {
  if (reading.ok) {
    return (
      <p className="text-xs text-ink-3">
        Reads as <code className="text-ink-2">{reading.canonical}</code>
        {reading.not_stored.length > 0 && <span className="block text-warn">Not stored with attempts, so not replayed: {reading.not_stored.join(', ')}. Let it run in shadow.</span>}
      </p>
    )
  }
  const at = reading.position ?? 0
  const start = text.lastIndexOf('\n', at - 1) + 1
  const line = text.slice(start).split('\n')[0] ?? ''
  return (
    <div role="alert" className="rounded-lg bg-bad-soft p-2 text-bad">
      <pre className="overflow-auto font-mono text-xs">
        {line}
        {'\n'}
        {' '.repeat(at - start)}
        {'^'.repeat(Math.max(reading.length ?? 1, 1))}
      </pre>
      <p>
        {reading.message}
        {reading.hint && <span className="text-ink-2">; {reading.hint}</span>}
      </p>
    </div>
  )
}

function Builder({ fields, onAdd }: { fields: readonly RuleFieldOut[]; onAdd: (comparison: string, word: 'AND' | 'OR') => void }) {
  const [name, setName] = useState(fields[0]?.name ?? '')
  const [operator, setOperator] = useState('')
  const [value, setValue] = useState('')
  const field = fields.find((one) => one.name === name)
  if (!field) return null
  const operators = operatorsOf(field)
  const chosen = operators.includes(operator) ? operator : (operators[0] ?? '=')
  const needs = chosen !== 'IS NULL' && field.kind !== 'flag'
  const add = (word: 'AND' | 'OR') => onAdd(comparison(field, chosen, value), word)
  return (
    <fieldset className="flex flex-wrap items-end gap-2 rounded-lg border p-2">
      <legend className="px-1 text-xs text-ink-3">Add a comparison</legend>
      <SelectField label="Field" value={name} onChange={(event) => setName(event.target.value)} choices={fields.map((one) => [one.name, one.name] as const)} />
      <SelectField label="Is" value={chosen} onChange={(event) => setOperator(event.target.value)} choices={operators.map((one) => [one, one] as const)} />
      {needs && (
        <>
          <TextField label="Value" list="rule-values" value={value} onChange={(event) => setValue(event.target.value)} placeholder={field.kind === 'money' ? '500 BRL' : field.unit} />
          <datalist id="rule-values">
            {field.values.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </datalist>
        </>
      )}
      <Button disabled={needs && !value.trim()} onClick={() => add('AND')}>
        And
      </Button>
      <Button disabled={needs && !value.trim()} onClick={() => add('OR')}>
        Or
      </Button>
      <p className="w-full text-xs text-ink-3">{field.meaning}</p>
    </fieldset>
  )
}
