import { Link } from '@tanstack/react-router'

import type { AgentFindingOut, RunDetailOut } from '@/api/generated'
import { WaysOn } from '@/analysis/ways-on'
import { count, plural } from '@/format/number'
import { label, spoken } from '@/format/words'
import { Card } from '@/parts/card'
import { SqlButton } from '@/parts/sql'
import { Empty } from '@/parts/states'

/** A run: the answer, the steps that were taken, and each finding with what it is based on. */
export function RunView({ run }: { run: RunDetailOut }) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[2fr_1fr]">
      <Card title={run.question} note={`${run.called.map((name) => label(name)).join(', ')} · ${run.mode === 'model' ? 'worded by a language model, checked against the tools' : run.model_note || 'without a language model'}`}>
        <p className="whitespace-pre-line">{spoken(run.answer)}</p>
        <h3 className="mt-5 mb-2 text-xs font-medium text-ink-3">{plural(run.findings.length, 'finding')}</h3>
        {run.findings.length === 0 ? <Empty title="Nothing stands out">The tools answered; see the steps.</Empty> : <ol className="flex flex-col gap-3">{run.findings.map((found) => <Finding key={found.id} found={found} />)}</ol>}
      </Card>
      <Card title="Steps">
        <ol className="flex flex-col gap-2">
          {run.steps.map((step, place) => (
            <li key={place} className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                <p className={step.error ? 'text-bad' : ''}>
                  {label(step.agent)}: {step.why}
                </p>
                <p className="num text-xs text-ink-3">
                  <span className="font-mono">{step.tool}</span> · {step.error || plural(step.rows, 'row')} · {step.seconds.toFixed(2)} s
                </p>
              </div>
              {step.sql && <SqlButton title={step.tool} questions={[{ name: step.tool, sql: step.sql }]} />}
            </li>
          ))}
        </ol>
      </Card>
    </div>
  )
}

function Finding({ found }: { found: AgentFindingOut }) {
  const range = found.low_pp !== null && found.high_pp !== null ? ` (${found.low_pp.toFixed(2)} to ${found.high_pp.toFixed(2)})` : ''
  const figures = [
    found.effect_pp === null ? null : `${found.effect_pp.toFixed(2)} pp${range}`,
    found.value_per_day === null ? null : `${count(Math.round(found.value_per_day))} a day`,
    found.attempts === null ? null : plural(found.attempts, 'attempt'),
    `confidence ${Math.round(100 * found.confidence)} %`,
    `effort ${found.effort}`,
  ]
  return (
    <li className="rounded-lg border p-3">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1">{spoken(found.claim)}</p>
        <SqlButton title="this finding" questions={found.evidence.map((one) => ({ name: one.tool ?? '', sql: one.sql ?? '' }))} />
      </div>
      <p className="num mt-1 text-xs text-ink-3">
        {label(found.agent)} · {figures.filter(Boolean).join(' · ')}
      </p>
      {found.action && <p className="mt-1 text-ink-2">To do: {spoken(found.action)}</p>}
      <p className="mt-1 flex flex-wrap gap-x-3">
        {found.proposal_id && (
          <Link to="/rules" search={{ proposal: found.proposal_id } as never} className="inline-flex min-h-[24px] items-center text-xs text-accent-ink hover:underline">
            Its proposal
          </Link>
        )}
        <WaysOn where={found.slice} about={found.claim} />
      </p>
      {found.caveats.length > 0 && (
        <details className="mt-1 text-xs text-ink-3">
          <summary>What this does not tell</summary>
          <ul className="mt-1 list-disc pl-4">
            {found.caveats.map((caveat) => (
              <li key={caveat}>{caveat}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}
