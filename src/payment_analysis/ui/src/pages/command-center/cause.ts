import type { MovementOut, PartOut } from '@/api/generated'

export type Cause = { dimension: string; part: PartOut; effect: number }

export const effectOf = (part: PartOut) => part.by_rate + part.by_mix

/** The group that explains most of the change: proven beyond chance, and in the direction of the change. */
export function leadingCause(movements: readonly MovementOut[], change: number): Cause | null {
  const proven = movements.flatMap((movement) =>
    movement.parts
      .filter((part) => part.gap?.is_proven && Math.sign(part.by_rate) === Math.sign(change))
      .map((part) => ({ dimension: movement.dimension, part, effect: effectOf(part) })),
  )
  return proven.toSorted((a, b) => Math.abs(b.part.by_rate) - Math.abs(a.part.by_rate))[0] ?? null
}

/** The dimension whose parts differ most: where a look is worth most. */
export function tellingDimension(movements: readonly MovementOut[]): string | undefined {
  const spread = (movement: MovementOut) => Math.max(...movement.parts.map((part) => Math.abs(part.by_rate)))
  return movements.toSorted((a, b) => spread(b) - spread(a))[0]?.dimension
}
