import { expect, test } from 'vitest'

import type { OptionOut, RetryPreviewOut, SchemeLimit } from '@/api/generated'

import { spread, stopsOf } from './stops'

const option = (action: string, wait: number): OptionOut => ({ action, is_eligible: true, why: '', approval: 0.2, net_value: 1, terms: { wait_seconds: wait } })
const limit = (after: number | null): SchemeLimit => ({ rule: 'r', attempts_max: 7, window_hours: 24, counted: 8, allowed_after_seconds: after, fee_minor: 200, fee_currency: 'BRL', source: 's' })

test('a wait knows its chance, its ways and the limits it would break', () => {
  const preview = { curve: [{ wait_seconds: 3600, approval: 0.3 }], decision: { options: [option('same_route@3600', 3600)] }, limits: [limit(1800), limit(7200)], earliest_seconds: 7200 } as unknown as RetryPreviewOut

  const stops = stopsOf(preview)

  expect(stops.map((one) => [one.wait, one.chance, one.options.length, one.broken.length])).toEqual([
    [0, null, 0, 2],
    [1800, null, 0, 1],
    [3600, 0.3, 1, 1],
    [7200, null, 0, 0],
  ])
})

test('earlier declines lie within their days', () => {
  expect(spread(3, 4, '51', null).map((one) => one.hours_ago)).toEqual([24, 48, 72])
})
