import { describe, expect, it } from 'vitest'

import type { MovementOut, PartOut } from '@/api/generated'

import { leadingCause, tellingDimension } from './cause'

const ratio = { successes: 1, trials: 2, rate: 0.5, low: 0.4, high: 0.6 }
const part = (name: string, by_rate: number, is_proven: boolean): PartOut => ({
  name,
  before: ratio,
  now: ratio,
  by_rate,
  by_mix: 0,
  gap: { difference: by_rate, low: by_rate, high: by_rate, is_proven },
})
const along = (dimension: string, ...parts: PartOut[]): MovementOut => ({ dimension, by_rate: 0, by_mix: 0, parts })

describe('the leading cause', () => {
  it('is the largest proven part in the direction of the change', () => {
    const movements = [along('network', part('elo', -0.02, true), part('visa', -0.03, false)), along('psp', part('one', -0.01, true))]

    expect(leadingCause(movements, -0.02)?.part.name).toBe('elo')
  })

  it('is nobody when nothing is proven', () => {
    expect(leadingCause([along('network', part('elo', -0.02, false))], -0.02)).toBeNull()
  })

  it('never moves against the change', () => {
    expect(leadingCause([along('network', part('elo', 0.02, true))], -0.02)).toBeNull()
  })
})

it('the telling dimension has the largest single effect', () => {
  expect(tellingDimension([along('network', part('elo', -0.01, true)), along('psp', part('one', 0.05, false))])).toBe('psp')
})
