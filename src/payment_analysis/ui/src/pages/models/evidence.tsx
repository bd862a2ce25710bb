import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'

import type { ModelCardOut } from '@/api/generated'
import { getModelCardOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Chart } from '@/charts/chart'
import type { Ink } from '@/charts/ink'
import { count, NOTHING, percent } from '@/format/number'
import { period } from '@/format/time'
import { label } from '@/format/words'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

import { bars, calibration } from './pictures'
import { figure, measureName } from './figure'

const HEIGHT = 260
const DRIFT_NOTABLE = 0.1 // the usual reading of a population stability index: below it nothing moved

/** The card of one version: what it was measured to be worth, where it is calibrated, what it looks at, where it stops. */
export function Evidence({ model, version }: { model: string; version: number }) {
  const { data, error, refetch } = useQuery(getModelCardOptions({ path: { name: model, version } }))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-96" />
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <Measures card={data} />
      {data.calibration.length > 0 && <Calibration card={data} />}
      {data.importance.length > 0 && <Importance card={data} />}
      {data.drift.length > 0 && <Drift card={data} />}
      {data.slices.length > 0 && <Slices card={data} />}
      <Limits card={data} />
    </div>
  )
}

function Measures({ card }: { card: ModelCardOut }) {
  const { zone } = useScope()
  const { windows } = card
  return (
    <Card title={`What version ${card.version} is worth`} note={`${count(windows.train_rows)} attempts of ${period(windows.train_from, windows.train_until, zone)} taught; the exam: ${count(windows.test_rows)} of ${period(windows.test_from, windows.test_until, zone)}.`}>
      <div className="mt-2">
        <DataTable
          label="Measures"
          rows={card.measures}
          rowKey={(row) => `${row.contestant} ${row.metric}`}
          maxHeight="20rem"
          columns={[
            { key: 'metric', title: 'Measure', cell: (row) => measureName(row.metric), sort: (row) => row.metric },
            { key: 'who', title: 'Who', cell: (row) => (row.contestant === 'model' ? <strong className="font-medium">this model</strong> : row.contestant), sort: (row) => row.contestant },
            { key: 'value', title: 'Value', right: true, cell: (row) => figure(row.metric, row.value), sort: (row) => row.value },
            { key: 'interval', title: '95 % interval', right: true, cell: (row) => (row.low === null || row.high === null ? NOTHING : `${figure(row.metric, row.low)} to ${figure(row.metric, row.high)}`) },
          ]}
        />
      </div>
    </Card>
  )
}

function Calibration({ card }: { card: ModelCardOut }) {
  const option = useCallback((ink: Ink) => calibration(card.calibration, ink), [card])
  return (
    <Card title="Does 80 % mean 80 %" note="Predicted against what happened, in bins of equal size; on the dashed line the model is honest.">
      <Chart height={HEIGHT} option={option} label={`Calibration in ${card.calibration.length} bins: predictions from ${percent(card.calibration[0]?.predicted)} to ${percent(card.calibration.at(-1)?.predicted)}, observed from ${percent(card.calibration[0]?.observed)} to ${percent(card.calibration.at(-1)?.observed)}.`} />
    </Card>
  )
}

function Importance({ card }: { card: ModelCardOut }) {
  const top = card.importance.slice(0, 12)
  const option = useCallback((ink: Ink) => bars(card.importance.slice(0, 12), ink), [card])
  return (
    <Card title="What it looks at" note="Share of the mean absolute contributions, exact for trees.">
      <Chart height={HEIGHT} option={option} label={`The features that count most: ${top.slice(0, 3).map((one) => `${label(one.feature)} ${percent(one.value)}`).join(', ')}.`} />
    </Card>
  )
}

function Drift({ card }: { card: ModelCardOut }) {
  return (
    <Card title="Has the world moved" note={`Population stability index of the exam against the lessons; above ${DRIFT_NOTABLE} something moved, above 0.25 much did.`}>
      <div className="mt-2">
          <DataTable
            label="Drift by feature"
            rows={card.drift}
            rowKey={(row) => row.feature}
            maxHeight="15rem"
            columns={[
              { key: 'feature', title: 'Feature', cell: (row) => label(row.feature), sort: (row) => row.feature },
              { key: 'psi', title: 'Index', right: true, cell: (row) => <span className={row.value > DRIFT_NOTABLE ? 'font-medium text-warn' : ''}>{row.value.toFixed(3)}{row.value > DRIFT_NOTABLE ? ' moved' : ''}</span>, sort: (row) => row.value },
            ]}
          />
      </div>
    </Card>
  )
}

function Slices({ card }: { card: ModelCardOut }) {
  return (
    <Card title="Is it honest for everybody" note="Calibration within every slice with at least 5,000 attempts of the exam.">
      <div className="mt-2">
          <DataTable
            label="Slices"
            rows={card.slices}
            rowKey={(row) => `${row.column} ${row.value}`}
            maxHeight="20rem"
            columns={[
              { key: 'slice', title: 'Slice', cell: (row) => `${label(row.column)}: ${label(row.value)}`, sort: (row) => `${row.column} ${row.value}` },
              { key: 'rows', title: 'Attempts', right: true, cell: (row) => count(row.rows), sort: (row) => row.rows },
              { key: 'predicted', title: 'Predicted', right: true, cell: (row) => percent(row.predicted), sort: (row) => row.predicted },
              { key: 'observed', title: 'Happened', right: true, cell: (row) => percent(row.observed), sort: (row) => row.observed },
              { key: 'error', title: 'Calibration error', right: true, cell: (row) => row.calibration_error.toFixed(3), sort: (row) => row.calibration_error },
            ]}
          />
      </div>
    </Card>
  )
}

function Limits({ card }: { card: ModelCardOut }) {
  return (
    <Card title="Where it stops">
      <ul className="flex list-disc flex-col gap-1.5 pl-4 text-ink-2">
        {card.limits.map((limit) => <li key={limit}>{limit}</li>)}
        <li>It sees {count(card.features.length)} features, all known before the answer.</li>
      </ul>
    </Card>
  )
}
