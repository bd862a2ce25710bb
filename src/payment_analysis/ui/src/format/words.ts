/** Codes of the data as words. */

const NAMES: Record<string, string> = {
  '(none)': 'not known',
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  elo: 'Elo',
  hipercard: 'Hipercard',
  discover: 'Discover',
  diners: 'Diners',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  maestro: 'Maestro',
  '3ds': '3DS',
}

/** A code as a label: `insufficient_funds` becomes `Insufficient funds`; names of people and firms stay as they are. */
export function label(code: string | null | undefined): string {
  if (code === null || code === undefined || code === '') return 'not known'
  const known = NAMES[code]
  if (known !== undefined) return known
  if (!/^[a-z0-9_]+$/.test(code)) return code
  const words = code.replaceAll('_', ' ').replace(/\b(3ds|psp|bin|cvv|avs|kpi|tps|api|csv|sql|aml)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A sentence of the server with its codes as words and its instants without their fractions. */
export const spoken = (sentence: string): string =>
  sentence
    .replaceAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g, (code) => code.toLowerCase().replaceAll('_', ' '))
    .replaceAll(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:\+00:00|Z)/g, '$1 $2 UTC')

const regions = new Intl.DisplayNames('en', { type: 'region' })

export const country = (code: string): string =>
  /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : label(code)

export const valueName = (dimension: string, value: string): string =>
  dimension === 'country' ? country(value) : label(value)
