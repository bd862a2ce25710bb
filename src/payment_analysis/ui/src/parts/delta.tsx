type Props = {
  /** Negative, zero or positive; decides arrow and words. */
  direction: number
  text: string
  /** Whether more is better; undefined when neither is. */
  better?: 'more' | 'less' | undefined
  className?: string
}

/** A change: arrow, number and colour say the same, so that none of them is needed alone. */
export function Delta({ direction, text, better, className = '' }: Props) {
  const arrow = direction > 0 ? '▲' : direction < 0 ? '▼' : '■'
  const isGood = better === undefined || direction === 0 ? undefined : (direction > 0) === (better === 'more')
  const colour = isGood === undefined ? 'text-ink-3' : isGood ? 'text-good' : 'text-bad'
  const word = direction > 0 ? 'up' : direction < 0 ? 'down' : 'unchanged'
  return (
    <span className={`num inline-flex items-baseline gap-1 text-xs font-medium whitespace-nowrap ${colour} ${className}`}>
      <span aria-hidden className="text-[9px]">
        {arrow}
      </span>
      <span className="sr-only">{word}</span>
      {text}
    </span>
  )
}
