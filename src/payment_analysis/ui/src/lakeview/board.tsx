import type { CSSProperties } from 'react'

import type { PageData, PageOut, WidgetOut } from '@/api/generated'

import { Text } from './text'
import type { WidgetActs } from './widget'
import { Widget } from './widget'

const ROW = 44

type Props = { page: PageOut; data: PageData | undefined; zone: string; stale: boolean; title: string; description: string } & WidgetActs

/** A text that only repeats the title and the description of the dashboard; the page says both already. */
function repeats(widget: WidgetOut, title: string, description: string): boolean {
  const said = widget.lines.join(' ').replaceAll(/[#\s]+/g, ' ').trim()
  return widget.kind === 'text' && widget.position.y === 0 && said === `${title} ${description}`.replaceAll(/\s+/g, ' ').trim()
}

/** The widgets of a page on their grid of twelve columns; below one another where there is no room. */
export function Board({ page, data, zone, stale, title, description, ...acts }: Props) {
  const byName = new Map(data?.widgets.map((one) => [one.name, one]))
  const widgets = page.widgets.filter((one) => !repeats(one, title, description)).toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x)
  const top = Math.min(...widgets.map((one) => one.position.y))
  return (
    <div className="grid grid-cols-1 gap-3 lg:grid-cols-12" style={{ gridAutoRows: `minmax(${ROW}px, auto)` }}>
      {widgets.map((widget) => {
        const { x, y, width, height } = widget.position
        const place = { '--column': `${x + 1} / span ${width}`, '--row': `${y - top + 1} / span ${height}`, '--height': `${height * ROW + (height - 1) * 12}px` } as CSSProperties
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
