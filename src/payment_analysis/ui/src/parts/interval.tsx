type Props = {
  label: string
  value: number
  low: number
  high: number
  show: (number: number) => string
  /** Whether more of it is good; a colour is used only when the interval lies on one side of zero. */
  moreIsGood: boolean
}

/** A difference with its interval, drawn on a line through zero. */
export function Interval({ label, value, low, high, show, moreIsGood }: Props) {
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1
  const place = (number: number) => 50 + (46 * number) / reach
  const side = low > 0 ? 1 : high < 0 ? -1 : 0
  const look = side === 0 ? 'text-ink-3' : side > 0 === moreIsGood ? 'text-good' : 'text-bad'
  const words = side === 0 ? 'may be chance' : side > 0 ? 'more' : 'less'
  return (
    <div className="grid grid-cols-[8rem_1fr_12rem] items-center gap-3 py-1">
      <span className="text-ink-2">{label}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" className={`h-5 w-full ${look}`} role="img" aria-label={`${label}: ${show(value)}, from ${show(low)} to ${show(high)}`}>
        <line x1="50" x2="50" y1="0" y2="10" stroke="currentColor" strokeOpacity="0.35" vectorEffect="non-scaling-stroke" />
        <rect x={place(low)} width={Math.max(place(high) - place(low), 0.4)} y="3.4" height="3.2" fill="currentColor" fillOpacity="0.3" />
        <rect x={place(value) - 0.5} width="1" y="1.5" height="7" fill="currentColor" />
      </svg>
      <span className="num text-right">
        <span className={look}>{show(value)}</span>
        <span className="block text-xs text-ink-3">
          {show(low)} to {show(high)} · {words}
        </span>
      </span>
    </div>
  )
}
