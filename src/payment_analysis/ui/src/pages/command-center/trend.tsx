import { Table2 } from 'lucide-react'
import { useCallback, useState } from 'react'

import type { Mark, StandingOut } from '@/api/generated'
import type { Option } from '@/charts/base'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import { Chart } from '@/charts/chart'
import type { Ink } from '@/charts/ink'
import { count, interval, percent, shortMoney } from '@/format/number'
import { point } from '@/format/time'
import { IconButton } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { SqlButton } from '@/parts/sql'
import { Empty } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

import { enough } from './figures'
import { Marks, placeOf, useMarks } from './marks'

const HEIGHT = 300
const NO_MARKS: readonly Mark[] = []

/** The payment rate over time with its 95 % band; dragging over a stretch makes it the range. */
export function Trend({ standing, stale }: { standing: StandingOut; stale: boolean }) {
  const { change } = useScope()
  const [asTable, setAsTable] = useState(false)
  const { grain, zone } = standing
  const points = enough(standing.points)
  const { data: marks = NO_MARKS, error } = useMarks(points)
  const option = useCallback((ink: Ink) => picture(standing, marks, ink), [standing, marks])
  const stretch = useCallback(
    (first: number, last: number) => {
      const [from, to] = [points[first]?.start, points[last + 1]?.start ?? standing.period?.end]
      if (from && to) void change({ range: undefined, from: iso(from), to: iso(to) })
    },
    [points, standing.period, change],
  )
  return (
    <Card
      title="Approved payments over time, with 95 % band"
      stale={stale}
      tools={
        <>
          <IconButton name={asTable ? 'View as chart' : 'View as table'} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            <Table2 aria-hidden size={15} />
          </IconButton>
          <SqlButton title="the trend" questions={standing.queries.slice(0, 2)} />
        </>
      }
    >
      {points.length < 2 ? (
        <Empty title="One point is no trend">Choose a longer range.</Empty>
      ) : asTable ? (
        <DataTable
          label="Approved payments over time"
          rows={points}
          rowKey={(row) => row.start ?? ''}
          maxHeight={`${HEIGHT}px`}
          columns={[
            { key: 'start', title: `From (${zone})`, cell: (row) => point(row.start ?? 0, zone, grain), sort: (row) => row.start },
            { key: 'rate', title: 'Approved', right: true, cell: (row) => percent(row.payment.rate), sort: (row) => row.payment.rate },
            { key: 'interval', title: '95 % interval', right: true, cell: (row) => interval(row.payment) },
            { key: 'payments', title: 'Payments', right: true, cell: (row) => count(row.payment.trials), sort: (row) => row.payment.trials },
            { key: 'lost', title: 'Declined for good', right: true, cell: (row) => shortMoney(row.lost_value), sort: (row) => row.lost_value?.amount_minor ?? null },
          ]}
        />
      ) : (
        <>
          <Chart height={HEIGHT} label={sentence(standing)} option={option} onStretch={stretch} />
          <Marks marks={marks} error={error} zone={zone} />
        </>
      )}
    </Card>
  )
}

const iso = (instant: string) => new Date(instant).toISOString().replace('.000Z', 'Z')

function sentence({ points, now, grain }: StandingOut): string {
  const rates = enough(points).flatMap((one) => (one.payment.rate === null ? [] : [one.payment.rate]))
  return `Line of the payment approval rate by ${grain}: ${percent(now.payment.rate)} overall, between ${percent(Math.min(...rates))} and ${percent(Math.max(...rates))}.`
}

function picture({ points: all, grain, zone, before }: StandingOut, marks: readonly Mark[], ink: Ink): Option {
  const points = enough(all)
  const percentOf = (value: number | null) => (value === null ? null : 100 * value)
  const low = points.map((one) => percentOf(one.payment.low))
  const band = points.map((one) => (one.payment.low === null || one.payment.high === null ? null : 100 * (one.payment.high - one.payment.low)))
  const silent = { symbol: 'none', silent: true, lineStyle: { opacity: 0 }, stack: 'band', stackStrategy: 'all', tooltip: { show: false } }
  const earlier = before?.payment.rate
  const level = { lineStyle: { color: ink.quiet, type: 'dashed' }, label: { position: 'insideStartTop', color: ink.quiet, formatter: `before: ${percent(earlier ?? null)}` } }
  const moved = { lineStyle: { color: ink.accent, type: 'dotted', width: 1.5 }, label: { show: false } }
  const places = [...new Set(marks.map((mark) => placeOf(mark, points)))].filter((place) => place >= 0)
  return {
    ...base(ink),
    grid: { left: 4, right: 16, top: 18, bottom: 4, containLabel: true },
    toolbox: { show: false, feature: { dataZoom: { yAxisIndex: 'none' } } },
    tooltip: {
      ...(base(ink).tooltip as object),
      trigger: 'axis',
      formatter: (items: { dataIndex: number }[]) => {
        const one = points[items[0]?.dataIndex ?? -1]
        if (!one) return ''
        return tip(point(one.start ?? 0, zone, grain), [
          ['Approved', percent(one.payment.rate)],
          ['95 % interval', interval(one.payment)],
          ['Payments', count(one.payment.trials)],
          ['Declined for good', shortMoney(one.lost_value)],
        ])
      },
    },
    xAxis: categoryAxis(ink, points.map((one) => point(one.start ?? 0, zone, grain)), { boundaryGap: false }),
    yAxis: valueAxis(ink, { axisLabel: { color: ink.quiet, formatter: '{value} %' }, min: (value: { min: number }) => Math.floor(value.min), max: (value: { max: number }) => Math.min(100, Math.ceil(value.max)) }),
    series: [
      { ...silent, type: 'line', data: low },
      { ...silent, type: 'line', data: band, areaStyle: { color: ink.accent, opacity: 0.13 } },
      {
        type: 'line',
        name: 'Approved',
        data: points.map((one) => percentOf(one.payment.rate)),
        symbol: 'circle',
        symbolSize: 5,
        showSymbol: points.length < 40,
        lineStyle: { width: 2, color: ink.accent },
        itemStyle: { color: ink.accent },
        markLine: {
          silent: true,
          symbol: 'none',
          data: [...(earlier ? [{ yAxis: 100 * earlier, ...level }] : []), ...places.map((place) => ({ xAxis: place, ...moved }))],
        },
      },
    ],
  }
}
