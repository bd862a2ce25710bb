import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { ChallengeThreshold, GetChallengeThresholdData, ThresholdPoint } from '@/api/generated'
import { getChallengeThresholdOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count, interval, NOTHING, percent, points as inPoints } from '@/format/number'
import { Card } from '@/parts/card'
import { Empty, Problem, Skeleton } from '@/parts/states'

const TITLE = 'Move the challenge threshold'

/** What challenging from one score on would bring, beside what was done; an estimate to start an experiment from. */
export function Threshold({ query }: { query: GetChallengeThresholdData['query'] }) {
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...getChallengeThresholdOptions({ query }), placeholderData: (before) => before })
  const [wanted, setWanted] = useState<number | null>(null)
  if (error) return <Card title={TITLE}><Problem error={error} retry={() => void refetch()} /></Card>
  if (!data) return <Skeleton className="h-96" />
  const point = data.points.findLast((one) => one.threshold <= (wanted ?? data.setting) + 1e-9)
  return (
    <section aria-label={TITLE} className="min-w-0">
      <Card title={TITLE} note="Estimated from stored attempts of equal score and funding, never from a model; who was challenged may differ in more than that." stale={isPlaceholderData}>
        {!point ? (
          <Empty title="No attempt carries a vendor fraud score">Without one there is no threshold to move.</Empty>
        ) : (
          <>
            <label className="mt-2 flex flex-col gap-1 text-xs text-ink-3">
              Challenge from fraud score {point.threshold.toFixed(2)} on
              <input type="range" min={0} max={data.points.length - 1} step={1} value={data.points.indexOf(point)} aria-valuetext={point.threshold.toFixed(2)} onChange={(event) => setWanted(data.points[Number(event.target.value)]?.threshold ?? null)} className="h-8 accent-accent" />
            </label>
            <Beside data={data} point={point} />
            <Ways threshold={point.threshold} />
          </>
        )}
      </Card>
    </section>
  )
}

function Beside({ data, point }: { data: ChallengeThreshold; point: ThresholdPoint }) {
  const rows = [
    ['Challenged', data.challenged, point.challenged, ''],
    ['Approved', data.approval, point.approval, interval(point)],
    ['Reported fraud', data.fraud, point.fraud, ''],
  ] as const
  return (
    <>
      <table className="num mt-2 w-full text-[13px]">
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="text-left font-medium">Share</th>
            <th scope="col" className="text-right font-medium">As it was</th>
            <th scope="col" className="text-right font-medium">From here on</th>
            <th scope="col" className="text-right font-medium">Change</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, before, then, range]) => (
            <tr key={name} className="border-t">
              <th scope="row" className="py-1.5 text-left font-normal">{name}</th>
              <td className="text-right">{percent(before, 2)}</td>
              <td className="text-right">
                {percent(then, 2)}
                {range && range !== NOTHING && <span className="block text-xs text-ink-3">{range}</span>}
              </td>
              <td className="text-right">{before === null || then === null ? NOTHING : inPoints(then - before, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-2 text-xs text-ink-3">
        {count(data.attempts)} attempts with a score, {count(data.reports)} reports of fraud among them.{' '}
        {point.without_evidence > 0 && `For ${percent(point.without_evidence)} of the attempts fewer than ${data.answered_min} alike ones went that way: they are left out. `}
        The setting risk_threshold_high is {data.setting}: from it the policy without models challenges; with models each payment is weighed by itself.
      </p>
    </>
  )
}

const LOOK = 'inline-flex min-h-[24px] items-center text-accent-ink hover:underline'

function Ways({ threshold }: { threshold: number }) {
  const search = { new: `fraud_score >= ${threshold}`, type: 'authentication', action: 'force_path', value: '3ds_challenge' } as never
  return (
    <nav aria-label="Act on this threshold" className="mt-2 flex flex-wrap gap-4">
      <Link to="/rules" search={search} className={LOOK}>
        Create rule from this
      </Link>
      <Link to="/experiments" search={search} className={LOOK}>
        Start experiment
      </Link>
    </nav>
  )
}
