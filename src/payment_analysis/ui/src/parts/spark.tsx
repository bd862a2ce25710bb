type Props = { values: readonly (number | null)[]; className?: string; tone?: 'accent' | 'quiet' }

const WIDTH = 200
const HEIGHT = 34

/** A small line without axes. It repeats what the number beside it says, so it is hidden from screen readers. */
export function Spark({ values, className = '', tone = 'quiet' }: Props) {
  const known = values.flatMap((value, place) => (value === null ? [] : [{ value, place }]))
  if (known.length < 2) return <div className={`h-9 ${className}`} />
  const [low, high] = [Math.min(...known.map((one) => one.value)), Math.max(...known.map((one) => one.value))]
  const x = (place: number) => (place / Math.max(1, values.length - 1)) * WIDTH
  const y = (value: number) => (high === low ? HEIGHT / 2 : 2 + (1 - (value - low) / (high - low)) * (HEIGHT - 4))
  const line = known.map((one, n) => `${n ? 'L' : 'M'}${x(one.place).toFixed(1)},${y(one.value).toFixed(1)}`).join('')
  const [first, last] = [known[0]?.place ?? 0, known.at(-1)?.place ?? 0]
  const colour = tone === 'accent' ? 'text-accent' : 'text-ink-3'
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={`h-9 w-full ${colour} ${className}`}>
      <path d={`${line}L${x(last)},${HEIGHT}L${x(first)},${HEIGHT}Z`} fill="currentColor" opacity={0.1} />
      <path d={line} fill="none" stroke="currentColor" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
