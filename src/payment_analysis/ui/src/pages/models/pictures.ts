import type { CalibrationPoint, FeatureShare } from '@/api/generated'
import type { Option } from '@/charts/base'
import { base, categoryAxis, tip, valueAxis } from '@/charts/base'
import type { Ink } from '@/charts/ink'
import { count, percent } from '@/format/number'
import { label } from '@/format/words'

/** Predicted against observed; the honest line goes through the middle. */
export function calibration(points: readonly CalibrationPoint[], ink: Ink): Option {
  const ends = [...points.map((one) => one.predicted), ...points.map((one) => one.observed)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const percentAxis = { min: Math.max(0, Math.floor(10 * low) / 10), max: Math.min(1, Math.ceil(10 * high) / 10), axisLabel: { color: ink.quiet, formatter: (value: number) => percent(value, 0) } }
  return {
    ...base(ink),
    grid: { left: 4, right: 20, top: 18, bottom: 22, containLabel: true },
    tooltip: {
      ...(base(ink).tooltip as object),
      formatter: (item: { dataIndex: number }) => {
        const one = points[item.dataIndex]
        return one ? tip(`${count(one.rows)} attempts`, [['Predicted', percent(one.predicted)], ['Happened', percent(one.observed)]]) : ''
      },
    },
    xAxis: valueAxis(ink, { ...percentAxis, name: 'predicted', nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: ink.quiet } }),
    yAxis: valueAxis(ink, percentAxis),
    series: [
      {
        type: 'line',
        data: points.map((one) => [one.predicted, one.observed]),
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { width: 2, color: ink.accent },
        itemStyle: { color: ink.accent },
        markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { type: 'dashed', color: ink.quiet }, data: [[{ coord: [low, low] }, { coord: [high, high] }]] },
      },
    ],
  }
}

/** Features by their share, the largest on top. */
export function bars(shares: readonly FeatureShare[], ink: Ink): Option {
  return {
    ...base(ink),
    grid: { left: 4, right: 48, top: 4, bottom: 4, containLabel: true },
    xAxis: valueAxis(ink, { axisLabel: { show: false }, splitLine: { show: false } }),
    yAxis: categoryAxis(ink, shares.map((one) => label(one.feature)), { inverse: true, axisLabel: { color: ink.ink, fontSize: 11, width: 150, overflow: 'truncate' } }),
    series: [
      {
        type: 'bar',
        data: shares.map((one) => one.value),
        barMaxWidth: 14,
        itemStyle: { borderRadius: [0, 3, 3, 0], color: ink.accent },
        label: { show: true, position: 'right', color: ink.quiet, fontSize: 11, formatter: (item: { value: number }) => percent(item.value) },
      },
    ],
  }
}
