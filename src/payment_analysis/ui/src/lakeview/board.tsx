import type { CSSProperties } from 'react'

import type { PageData, PageOut } from '@/api/generated'

import { Text } from './text'
import type { WidgetActs } from './widget'
import { Widget } from './widget'

const ROW = 48

/** The widgets of a page on their grid of twelve columns; below one another where there is no room. */
export function Board({ page, data, zone, stale, title, ...acts }: { page: PageOut; data: PageData | undefined; zone: string; stale: boolean; title: string } & WidgetActs) {
  const byName = new Map(data?.widgets.map((one) => [one.name, one]))
  const widgets = page.widgets.toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x)
  return (
    <div className="grid grid-cols-1 gap-3 lg:grid-cols-12" style={{ gridAutoRows: `minmax(${ROW}px, auto)` }}>
      {widgets.map((widget) => {
        const { x, y, width, height } = widget.position
        const place = { '--column': `${x + 1} / span ${width}`, '--row': `${y + 1} / span ${height}`, '--height': `${height * ROW + (height - 1) * 12}px` } as CSSProperties
        return (
          <div key={widget.name} style={place} className="min-w-0 lg:[grid-column:var(--column)] lg:[grid-row:var(--row)]">
            {widget.kind === 'text' ? (
              <Text lines={widget.lines} title={title} />
            ) : (
              <div className="h-[var(--height)]">
                <Widget widget={widget} data={byName.get(widget.name)} zone={zone} stale={stale} {...acts} />
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}
