import { expect, test } from 'vitest'

import { spoken } from './words'

test('a sentence is spoken without codes and fractions of seconds', () => {
  expect(spoken('44 payments ended with FUNDS_OR_LIMIT; the newest is of 2026-11-26T23:57:35.262858+00:00, by API.')).toBe('44 payments ended with funds or limit; the newest is of 2026-11-26 23:57 UTC, by API.')
})
