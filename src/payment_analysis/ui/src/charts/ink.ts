import { useEffect, useState } from 'react'

/** The colours of the page as the canvas needs them: resolved. */
export type Ink = {
  ink: string
  quiet: string
  faint: string
  line: string
  card: string
  page: string
  accent: string
  good: string
  bad: string
  warn: string
  series: string[]
}

export function readInk(): Ink {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    ink: colour('ink'),
    quiet: colour('ink-3'),
    faint: colour('line-strong'),
    line: colour('line'),
    card: colour('card'),
    page: colour('page'),
    accent: colour('accent'),
    good: colour('good'),
    bad: colour('bad'),
    warn: colour('warn'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => colour(`series-${n}`)),
  }
}

/** The colours of the theme at hand; a new set when the theme changes. */
export function useInk(): Ink {
  const [ink, setInk] = useState(readInk)
  useEffect(() => {
    const watch = new MutationObserver(() => setInk(readInk()))
    watch.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => watch.disconnect()
  }, [])
  return ink
}
