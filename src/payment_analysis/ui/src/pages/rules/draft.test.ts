import { expect, test } from 'vitest'

import type { RuleFieldOut } from '@/api/generated'

import { appended, comparison } from './draft'

const field = (name: string, kind: RuleFieldOut['kind']): RuleFieldOut => ({ name, kind, aliases: [], unit: '', meaning: '', decisions: [], values: [], is_stored: true })

test('the builder writes what the language reads', () => {
  expect(comparison(field('issuer', 'word'), 'IN', "O'Neill, b")).toBe("issuer IN ('O''Neill', 'b')")
  expect(comparison(field('amount', 'money'), '>=', '500 BRL')).toBe('amount >= 500 BRL')
  expect(comparison(field('is_recurring', 'flag'), 'is false', '')).toBe('NOT is_recurring')
})

test('an AND after an OR keeps what the OR meant', () => {
  expect(appended('a OR b', 'c', 'AND')).toBe('(a OR b) AND c')
  expect(appended('a', 'b', 'OR')).toBe('a OR b')
  expect(appended('  ', 'b', 'AND')).toBe('b')
})
