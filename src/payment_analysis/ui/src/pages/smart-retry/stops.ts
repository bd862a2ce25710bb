import type { OptionOut, RetryPreviewOut, SchemeLimit } from '@/api/generated'

/** One wait with everything that is known of it. */
export type Stop = { wait: number; chance: number | null; options: readonly OptionOut[]; broken: readonly SchemeLimit[] }

const waitOf = (option: OptionOut) => option.terms.wait_seconds

/** The waits worth looking at: at once, the earliest that is allowed, and those the engine weighs. */
export function stopsOf({ curve, decision, limits, earliest_seconds: earliest }: RetryPreviewOut): Stop[] {
  const weighed = decision.options.flatMap((one) => waitOf(one) ?? [])
  const opens = limits.flatMap((one) => one.allowed_after_seconds ?? [])
  const waits = [...new Set([0, ...(earliest === null ? [] : [earliest]), ...opens, ...weighed, ...curve.map((one) => one.wait_seconds)])].toSorted((a, b) => a - b)
  return waits.map((wait) => ({
    wait,
    chance: curve.find((one) => one.wait_seconds === wait)?.approval ?? null,
    options: decision.options.filter((one) => waitOf(one) === wait),
    broken: limits.filter((one) => one.allowed_after_seconds === null || one.allowed_after_seconds > wait),
  }))
}

/** Earlier declines of the card spread evenly over some days; the engine counts each. */
export const spread = (declines: number, days: number, code: string | null | undefined, advice: string | null | undefined) =>
  Array.from({ length: declines }, (_, place) => ({ hours_ago: (24 * days * (place + 1)) / (declines + 1), code: code ?? null, advice_code: advice ?? null }))
