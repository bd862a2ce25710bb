import { Code, Download, Ellipsis, Maximize2, Table2 } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'

import type { WidgetDataOut, WidgetOut } from '@/api/generated'
import type { Picked } from '@/charts/chart'
import { Chart } from '@/charts/chart'
import type { Ink } from '@/charts/ink'
import { prepareWorld } from '@/charts/world'
import { IconButton } from '@/parts/button'
import { Card } from '@/parts/card'
import { Dialog } from '@/parts/dialog'
import { Menu } from '@/parts/menu'
import { PopoverClose } from '@/parts/popover'
import { SqlText } from '@/parts/sql'
import { Empty, Problem, Skeleton } from '@/parts/states'

import { Counter } from './counter'
import type { Frame, Meaning } from './frame'
import { frameOf } from './frame'
import type { RowTools } from './grid-table'
import { GridTable, Pivot } from './grid-table'
import { PICTURES } from './option'

export type WidgetActs = {
  onPick: (meaning: Meaning) => void
  onOpen: (meaning: Meaning) => void
  onCsv: (widget: WidgetOut) => void
}

type Props = { widget: WidgetOut; data: WidgetDataOut | undefined; zone: string; stale: boolean; rowTools?: RowTools | undefined } & WidgetActs

/** One widget of a dashboard with what one can do about it. */
export function Widget({ widget, data, zone, stale, rowTools, onPick, onOpen, onCsv }: Props) {
  const [shown, setShown] = useState<'sql' | 'full' | null>(null)
  const [asTable, setAsTable] = useState(false)
  const frame = useMemo(() => (data && !data.error ? frameOf(widget, data, zone) : null), [widget, data, zone])
  const drawn = widget.kind in PICTURES
  const tools = data && (
    <Menu
      label={`Options of ${widget.title}`}
      align="end"
      trigger={
        <IconButton name={`Options of ${widget.title}`}>
          <Ellipsis aria-hidden size={15} />
        </IconButton>
      }
    >
      {drawn && <Item sign={Table2} name={asTable ? 'View as chart' : 'View as table'} act={() => setAsTable(!asTable)} />}
      <Item sign={Download} name="Download CSV" act={() => onCsv(widget)} />
      {data.sql && <Item sign={Code} name="SQL behind it" act={() => setShown('sql')} />}
      <Item sign={Maximize2} name="Full screen" act={() => setShown('full')} />
    </Menu>
  )
  const body = (height: string) =>
    data?.error ? (
      <Problem error={data.error} />
    ) : frame ? (
      <Body frame={frame} asTable={asTable} onPick={onPick} onOpen={onOpen} height={height} rowTools={rowTools} />
    ) : (
      <Skeleton className="h-full" />
    )
  return (
    <>
      <Card title={<span title={widget.description || widget.title}>{widget.title}</span>} tools={tools} stale={stale} className="h-full">
        <div className="h-full">{body('100%')}</div>
      </Card>
      <Dialog open={shown === 'sql'} onClose={() => setShown(null)} title={`SQL behind: ${widget.title}`}>
        <div className="p-4">{data && <SqlText name={widget.dataset ?? widget.name} sql={data.sql} />}</div>
      </Dialog>
      <Dialog open={shown === 'full'} onClose={() => setShown(null)} title={widget.title} shape="full">
        <div className="flex h-full flex-col gap-2 p-6">
          <p className="text-ink-3">{widget.description}</p>
          <div className="min-h-0 flex-1">{shown === 'full' && body('100%')}</div>
        </div>
      </Dialog>
    </>
  )
}

function Item({ sign: Sign, name, act }: { sign: typeof Table2; name: string; act: () => void }) {
  return (
    <PopoverClose className="flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-left text-[13px] hover:bg-page" onClick={act}>
      <Sign aria-hidden size={14} className="text-ink-3" />
      {name}
    </PopoverClose>
  )
}

type BodyProps = { frame: Frame; asTable: boolean; height: string; rowTools?: RowTools | undefined } & Pick<WidgetActs, 'onPick' | 'onOpen'>

function Body({ frame, asTable, onPick, onOpen, height, rowTools }: BodyProps) {
  const { widget } = frame
  const picture = PICTURES[widget.kind]
  const option = useCallback((ink: Ink) => picture?.(frame, ink) ?? {}, [frame, picture])
  const meaning = (picked: Picked) => (picked.data as { meaning?: Meaning } | undefined)?.meaning
  if (widget.kind === 'counter') return <Counter frame={frame} />
  if (frame.rows.length === 0) return <Empty title="No rows in this range">Nothing matches the filters; widen them or choose a longer range.</Empty>
  if (widget.kind === 'table') return <GridTable frame={frame} channels={frame.all('columns')} onPick={onPick} rowTools={rowTools} />
  if (widget.kind === 'pivot') return <Pivot frame={frame} onPick={onPick} />
  if (!picture || asTable) return <GridTable frame={frame} channels={widget.channels} onPick={onPick} />
  const act = (picked: Picked, then: (meaning: Meaning) => void) => {
    const found = meaning(picked)
    if (found) then(found)
  }
  const clickable = widget.channels.some((channel) => channel.dimension)
  return (
    <Chart
      label={`${widget.title} ${frame.rows.length} values, ${widget.kind}. View as table for the numbers.`}
      height={height}
      option={option}
      prepare={widget.kind === 'choropleth-map' ? prepareWorld : undefined}
      onPick={clickable ? (picked) => act(picked, onPick) : undefined}
      onPickTwice={clickable ? (picked) => act(picked, onOpen) : undefined}
    />
  )
}
