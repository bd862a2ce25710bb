import { useEffect, useRef, useState } from 'react'

import type { Option } from './base'
import type { Ink } from './ink'
import { useInk } from './ink'

type Engine = typeof import('./engine')
type Instance = ReturnType<Engine['init']>

export type Picked = { name: string; seriesName?: string | undefined; dataIndex: number; value: unknown; data: unknown }

type Props = {
  /** Says in one sentence what the picture shows, for those who do not see it. */
  label: string
  option: (ink: Ink) => Option
  height?: number | string
  onPick?: ((pick: Picked) => void) | undefined
  onPickTwice?: ((pick: Picked) => void) | undefined
  /** First and last place of a stretch chosen by dragging. */
  onStretch?: ((first: number, last: number) => void) | undefined
  /** Asked for before the engine draws: a map, say. */
  prepare?: ((engine: Engine) => Promise<void>) | undefined
}

/** Hosts a picture: loads the engine when it is seen, follows size and theme, and hands clicks on. */
export function Chart({ label, option, height = 240, onPick, onPickTwice, onStretch, prepare }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<Instance | null>(null)
  const ink = useInk()
  const handlers = useRef({ onPick, onPickTwice, onStretch })
  useEffect(() => {
    handlers.current = { onPick, onPickTwice, onStretch }
  })

  useEffect(() => {
    const element = box.current
    if (!element) return
    let made: Instance | null = null
    let gone = false
    const resize = new ResizeObserver(() => made?.resize())
    const seen = new IntersectionObserver(async ([entry]) => {
      if (!entry?.isIntersecting) return
      seen.disconnect()
      const engine = await import('./engine')
      await prepare?.(engine)
      if (gone) return
      made = engine.init(element)
      listen(made, handlers)
      resize.observe(element)
      setChart(made)
    }, { rootMargin: '200px' })
    seen.observe(element)
    return () => {
      gone = true
      seen.disconnect()
      resize.disconnect()
      made?.dispose()
    }
  }, [prepare])

  useEffect(() => {
    if (!chart || chart.isDisposed()) return
    chart.setOption(option(ink), { notMerge: true })
    if (handlers.current.onStretch) {
      chart.dispatchAction({ type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: true })
    }
  }, [chart, option, ink])

  return <div ref={box} role="img" aria-label={label} className={onPick ? 'cursor-pointer' : ''} style={{ height }} />
}

type Handlers = Pick<Props, 'onPick' | 'onPickTwice' | 'onStretch'>

function listen(chart: Instance, handlers: { current: Handlers }) {
  const picked = (event: unknown) => event as Picked
  let waiting: ReturnType<typeof setTimeout> | undefined
  chart.on('click', (event) => {
    clearTimeout(waiting)
    const act = () => handlers.current.onPick?.(picked(event))
    // Where a double click means something else, a single one waits to see whether it is one.
    if (handlers.current.onPickTwice) waiting = setTimeout(act, 220)
    else act()
  })
  chart.on('dblclick', (event) => {
    clearTimeout(waiting)
    handlers.current.onPickTwice?.(picked(event))
  })
  chart.on('datazoom', (event) => {
    const batch = (event as { batch?: { startValue?: number; endValue?: number }[] }).batch?.[0]
    if (batch?.startValue === undefined || batch.endValue === undefined) return
    handlers.current.onStretch?.(batch.startValue, batch.endValue)
  })
}
