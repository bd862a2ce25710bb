/** Instants in the time zone of the page, which is always named beside them. */

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${name}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
    formats.set(key, made)
  }
  return made
}

type Instant = string | number | Date
const date = (instant: Instant) => new Date(instant)

export const day = (instant: Instant, zone: string) =>
  format(zone, 'day', { day: 'numeric', month: 'short' }).format(date(instant))

export const dayYear = (instant: Instant, zone: string) =>
  format(zone, 'year', { day: 'numeric', month: 'short', year: 'numeric' }).format(date(instant))

export const clock = (instant: Instant, zone: string) =>
  format(zone, 'clock', { hour: '2-digit', minute: '2-digit' }).format(date(instant))

export const seconds = (instant: Instant, zone: string) =>
  format(zone, 'seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(date(instant))

export const moment = (instant: Instant, zone: string) => `${dayYear(instant, zone)}, ${clock(instant, zone)}`

/** A point of a chart, as fine as its grain. */
export function point(instant: Instant, zone: string, grain: string): string {
  if (grain === 'minute' || grain === 'second') return clock(instant, zone)
  return grain === 'hour' ? `${day(instant, zone)} ${clock(instant, zone)}` : day(instant, zone)
}

/** A period in words; its end is exclusive, so a day that ends at midnight is not named. */
export function period(start: Instant, end: Instant, zone: string): string {
  const last = date(end).getTime() - 1
  const hours = (last - date(start).getTime()) / 3_600_000
  if (hours < 49) return `${day(start, zone)} ${clock(start, zone)} to ${day(last, zone)} ${clock(last, zone)}`
  return `${day(start, zone)} to ${dayYear(last, zone)}`
}

export function duration(seconds_: number): string {
  for (const [size, name] of [[86_400 * 365, 'year'], [86_400, 'day'], [3600, 'hour'], [60, 'minute']] as const) {
    const whole = Math.floor(seconds_ / size)
    if (whole >= 1) return `${whole} ${name}${whole === 1 ? '' : 's'}`
  }
  return `${Math.max(0, Math.floor(seconds_))} s`
}
