/** Numbers as a person reads them; ratios become percent and minor units become amounts here and nowhere else. */

export type Amount = { amount_minor: number; currency: string }
export type AmountRange = { expected: Amount | null; low: Amount; high: Amount }
export type Ratio = { successes: number; trials: number; rate: number | null; low: number | null; high: number | null }

export const NOTHING = '—'
const MINUS = '\u2212'
const NARROW = '\u202f'

const signed = (text: string) => text.replace('-', MINUS)
const grouped = new Intl.NumberFormat('en')
const digitsOf = new Map<string, number>()

/** Digits after the point of a currency: none for yen, two for the euro, three for the dinar. */
export function exponent(currency: string): number {
  let digits = digitsOf.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digitsOf.set(currency, digits)
  }
  return digits
}

export const major = (amount: Amount) => amount.amount_minor / 10 ** exponent(amount.currency)

export function count(number: number | null | undefined): string {
  return number === null || number === undefined ? NOTHING : signed(grouped.format(number))
}

export const plural = (number: number, one: string, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`

/** Three significant digits: 1.25 M, 48.3 k. */
export function short(number: number): string {
  const size = Math.abs(number)
  for (const [unit, name] of [[1e9, 'bn'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (size >= unit * 0.9995) return signed(`${three(number / unit)}${NARROW}${name}`)
  }
  return signed(size >= 100 || Number.isInteger(number) ? number.toFixed(0) : three(number))
}

function three(number: number): string {
  const size = Math.abs(number)
  return number.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
}

export const shortMoney = (amount: Amount | null | undefined) =>
  amount ? `${amount.currency} ${short(major(amount))}` : NOTHING

export function money(amount: Amount | null | undefined): string {
  if (!amount) return NOTHING
  return inMajor(major(amount), amount.currency)
}

/** An amount in major units, with as many digits as its currency has. */
export function inMajor(value: number, currency: string): string {
  const digits = exponent(currency)
  return signed(`${currency} ${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`)
}

export function moneyRange(range: AmountRange | null | undefined): string {
  if (!range) return NOTHING
  const [low, high] = [short(major(range.low)), short(major(range.high))]
  return low === high ? shortMoney(range.low) : `${range.low.currency} ${low} to ${high}`
}

export function percent(ratio: number | null | undefined, digits = 1): string {
  return ratio === null || ratio === undefined ? NOTHING : signed(`${(100 * ratio).toFixed(digits)}${NARROW}%`)
}

/** A difference of two ratios in percentage points. */
export function points(ratio: number | null | undefined, digits = 1): string {
  if (ratio === null || ratio === undefined) return NOTHING
  const shown = (100 * ratio).toFixed(digits)
  return signed(`${Number(shown) > 0 ? '+' : ''}${Number(shown) === 0 ? (0).toFixed(digits) : shown}${NARROW}pp`)
}

export const interval = (ratio: { low: number | null; high: number | null }) =>
  ratio.low === null || ratio.high === null
    ? NOTHING
    : `${(100 * ratio.low).toFixed(1)} to ${(100 * ratio.high).toFixed(1)}${NARROW}%`

/** How much a quantity changed, relative to before. */
export function change(now: number, before: number): string {
  if (before === 0) return NOTHING
  const ratio = now / before - 1
  return `${ratio > 0 ? '+' : ''}${percent(ratio)}`
}

export const milliseconds = (value: number | null | undefined) =>
  value === null || value === undefined ? NOTHING : `${count(Math.round(value))}${NARROW}ms`
