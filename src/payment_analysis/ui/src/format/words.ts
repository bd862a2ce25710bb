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

const regions = new Intl.DisplayNames('en', { type: 'region' })

export const country = (code: string): string =>
  /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : label(code)

export const valueName = (dimension: string, value: string): string =>
  dimension === 'country' ? country(value) : label(value)
