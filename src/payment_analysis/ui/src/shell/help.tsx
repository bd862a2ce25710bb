import { Dialog } from '@/parts/dialog'

import { PLACES } from './places'

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl K or ⌘ K', 'Open the palette: pages, dashboards, ranges, a payment'],
  ['/', 'Find on this page'],
  ['?', 'This list'],
  ['Esc', 'Close what is open'],
]

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const keys = [...KEYS, ...PLACES.map((place) => [`g ${place.key}`, `Go to ${place.name}`] as const)]
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-2 p-4">
        {keys.map(([key, says]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-md border bg-page px-1.5 py-0.5 font-mono text-xs">{key}</kbd>
            </dt>
            <dd className="text-ink-2">{says}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
