import { expect, test } from 'vitest'

import { startOf } from './condition'

test('a cause at a provider begins a rule that leaves it', () => {
  expect(startOf({ issuer: "O'Bank", psp: 'north' })).toEqual({ decision: 'routing', condition: "issuer = 'O''Bank'", value: 'north' })
})

test('a cause among declines begins a rule about retries', () => {
  expect(startOf({ decline_reason: 'insufficient_funds', decline_reason_standard: 'funds_or_limit', network: 'visa', decline_count: 7 })).toEqual({
    decision: 'retry',
    condition: "decline_reason = 'insufficient_funds' AND card_network = 'visa'",
    value: '',
  })
})

test('a standard reason is known by its word, whatever the answer calls it', () => {
  expect(startOf({ decline_reason: 'funds_or_limit' })?.condition).toBe("decline_reason_standard = 'FUNDS_OR_LIMIT'")
})

test('a cause that no decision knows begins nothing', () => {
  expect(startOf({ payment_solution: '3ds', issuer: '(none)' })).toBeNull()
})
