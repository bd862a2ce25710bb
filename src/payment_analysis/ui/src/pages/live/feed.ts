import { useEffect, useState } from 'react'

export type LiveAttempt = {
  transaction_id: string
  payment_id: string | null
  event_timestamp: string
  result: string | null
  amount: number | null
  currency: string | null
  card_network: string | null
  psp: string | null
  issuer_country: string | null
  decline_reason_standard: string | null
}
type Feed = { attempts: readonly LiveAttempt[]; isOpen: boolean; arrived: number }

const SHOWN = 50

/** Attempts as they arrive; the browser itself comes back when the connection breaks. */
export function useFeed(isPaused: boolean): Feed {
  const [feed, setFeed] = useState<Feed>({ attempts: [], isOpen: false, arrived: 0 })
  useEffect(() => {
    if (isPaused) return
    const source = new EventSource('/api/live/events')
    source.addEventListener('open', () => setFeed((before) => ({ ...before, isOpen: true })))
    source.addEventListener('error', () => setFeed((before) => ({ ...before, isOpen: false })))
    source.addEventListener('attempts', (event) => {
      const { rows, skipped } = JSON.parse((event as MessageEvent<string>).data) as { rows: LiveAttempt[]; skipped: number }
      setFeed((before) => ({ isOpen: true, arrived: before.arrived + rows.length + skipped, attempts: [...rows.toReversed(), ...before.attempts].slice(0, SHOWN) }))
    })
    return () => source.close()
  }, [isPaused])
  return feed
}
