import { Table2 } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'

import type { MovementOut, PartOut, StandingOut } from '@/api/generated'
import { WaysOn } from '@/analysis/ways-on'
import type { Picked } from '@/charts/chart'
import { Chart } from '@/charts/chart'
import type { Ink } from '@/charts/ink'
import { count, percent, points } from '@/format/number'
import { valueName } from '@/format/words'
import { IconButton } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { SqlButton } from '@/parts/sql'
import { Empty } from '@/parts/states'
import { DIMENSION_NAMES, isDimension } from '@/scope/search'
import { useScope } from '@/scope/use-scope'

import { effectOf, tellingDimension } from './cause'
import { waterfall } from './waterfall'

const HEIGHT = 300

/** Why the rate moved: from before to now, group by group. A click on a group filters the page by it. */
export function Movement({ standing, stale }: { standing: StandingOut; stale: boolean }) {
  const { toggle } = useScope()
  const [chosen, setChosen] = useState<string>()
  const [asTable, setAsTable] = useState(false)
  const { movements } = standing
  const dimension = movements.some((one) => one.dimension === chosen) ? chosen : tellingDimension(movements)
  const movement = movements.find((one) => one.dimension === dimension)
  const steps = useMemo(() => (movement ? stepsOf(movement) : []), [movement])
  const option = useCallback((ink: Ink) => waterfall(standing, steps, dimension ?? '', ink), [standing, steps, dimension])
  const filter = (name: string) => dimension && isDimension(dimension) && toggle(dimension, name)
  const pick = (picked: Picked) => {
    const step = steps[picked.dataIndex - 1]
    if (step && step.parts.length === 1) filter(step.name)
  }
  const tools = movement && (
    <>
      <select aria-label="Split by" value={dimension} onChange={(event) => setChosen(event.target.value)} className="h-7 rounded-md border bg-card px-1.5 text-xs text-ink-2">
        {movements.map((one) => (
          <option key={one.dimension} value={one.dimension}>
            {isDimension(one.dimension) ? DIMENSION_NAMES[one.dimension] : one.dimension}
          </option>
        ))}
      </select>
      <IconButton name={asTable ? 'View as chart' : 'View as table'} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
        <Table2 aria-hidden size={15} />
      </IconButton>
      <SqlButton title="why it moved" questions={standing.queries.slice(2)} />
    </>
  )
  return (
    <Card title="Why it moved" stale={stale} tools={tools}>
      {!movement || !standing.before ? (
        <Empty title="Nothing to compare with">There is no data in the period before, or no comparison is chosen.</Empty>
      ) : asTable ? (
        <PartsTable movement={movement} onPick={(part) => filter(part.name)} />
      ) : (
        <>
          <p className="text-xs text-ink-3">
            Rates of the groups: {points(movement.by_rate, 2)}. Their mix: {points(movement.by_mix, 2)}.
          </p>
          <Chart height={HEIGHT - 18} label={sentence(standing, movement)} option={option} onPick={pick} />
        </>
      )}
    </Card>
  )
}

export type Step = { name: string; effect: number; parts: readonly PartOut[] }

const STEPS_MAX = 7

/** The largest parts, and the others as one. */
export function stepsOf(movement: MovementOut): Step[] {
  const one = (part: PartOut): Step => ({ name: part.name, effect: effectOf(part), parts: [part] })
  if (movement.parts.length <= STEPS_MAX) return movement.parts.map(one)
  const rest = movement.parts.slice(STEPS_MAX - 1)
  const effect = rest.reduce((sum, part) => sum + effectOf(part), 0)
  return [...movement.parts.slice(0, STEPS_MAX - 1).map(one), { name: `${rest.length} others`, effect, parts: rest }]
}

function sentence(standing: StandingOut, movement: MovementOut): string {
  const parts = movement.parts.slice(0, 5).map((part) => `${valueName(movement.dimension, part.name)} ${points(effectOf(part), 2)}`)
  return `Bridge from ${percent(standing.before?.payment.rate)} before to ${percent(standing.now.payment.rate)} now by ${movement.dimension}: ${parts.join(', ')}.`
}

function PartsTable({ movement, onPick }: { movement: MovementOut; onPick: (part: PartOut) => void }) {
  return (
    <DataTable
      label="Parts of the change"
      rows={movement.parts}
      rowKey={(part) => part.name}
      maxHeight={`${HEIGHT}px`}
      columns={[
        {
          key: 'name',
          title: 'Group',
          sort: (part) => part.name,
          cell: (part) => (
            <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => onPick(part)}>
              {valueName(movement.dimension, part.name)}
            </button>
          ),
        },
        { key: 'before', title: 'Before', right: true, cell: (part) => percent(part.before.rate), sort: (part) => part.before.rate },
        { key: 'now', title: 'Now', right: true, cell: (part) => percent(part.now.rate), sort: (part) => part.now.rate },
        { key: 'payments', title: 'Payments', right: true, cell: (part) => count(part.now.trials), sort: (part) => part.now.trials },
        { key: 'rate', title: 'By rate', right: true, cell: (part) => points(part.by_rate, 2), sort: (part) => part.by_rate },
        { key: 'mix', title: 'By mix', right: true, cell: (part) => points(part.by_mix, 2), sort: (part) => part.by_mix },
        { key: 'tools', title: 'To do', cell: (part) => <WaysOn short where={{ [movement.dimension]: part.name }} about={valueName(movement.dimension, part.name)} /> },
        { key: 'sure', title: 'Beyond chance', cell: (part) => (part.gap?.is_proven ? 'yes' : 'no') },
      ]}
    />
  )
}
