import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { Notebook } from '@/api/generated'
import { getNotebookOptions, listNotebooksOptions } from '@/api/generated/@tanstack/react-query.gen'
import { label } from '@/format/words'
import { StateSign, took } from '@/pages/setup/state'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { Dialog } from '@/parts/dialog'
import { Page } from '@/parts/page'
import { Problem, Skeleton } from '@/parts/states'

export const Route = createFileRoute('/notebooks')({ component: Notebooks })

function Notebooks() {
  const [open, setOpen] = useState<Notebook | null>(null)
  const { data, error, refetch } = useQuery(listNotebooksOptions())
  return (
    <Page title="Notebooks" question="What runs in the workspace, and from which source?">
      {error ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-64" />
      ) : (
        <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
          {data.notebooks.map((one) => (
            <li key={one.id}>
              <Card title={label(one.category)} className="h-full">
                <h3 className="font-medium">{one.name}</h3>
                <p className="mt-1 text-ink-3">{one.description}</p>
                <p className="mt-2 flex flex-wrap items-center gap-2 text-xs">
                  <Link to="/setup" className="text-accent">{one.runs_name}</Link>
                  {one.last && <StateSign state={one.last.state} />}
                  {one.last && <span className="tnum text-ink-3">{took(one.last.seconds)}</span>}
                </p>
                <div className="mt-3 flex items-center gap-3">
                  <Button onClick={() => setOpen(one)} aria-label={`Source of ${one.name}`}>Source</Button>
                  <code className="truncate font-mono text-xs text-ink-3">{one.path}</code>
                  {one.url && <a className="text-[13px] text-accent" href={one.url} target="_blank" rel="noreferrer">Open in Databricks</a>}
                </div>
              </Card>
            </li>
          ))}
        </ul>
      )}
      <Dialog open={open !== null} onClose={() => setOpen(null)} title={open?.name ?? ''} shape="drawer">
        {open && <Source id={open.id} />}
      </Dialog>
    </Page>
  )
}

function Source({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(getNotebookOptions({ path: { notebook_id: id } }))
  if (error) return <div className="p-4"><Problem error={error} retry={() => void refetch()} /></div>
  if (!data) return <Skeleton className="m-4 h-40" />
  const [words, ...cells] = data.cells
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="text-ink-2">{(words ?? '').split('\n\n').map((part) => <p key={part} className="mt-2">{part.replace(/^# /, '')}</p>)}</div>
      {cells.map((cell, place) => (
        <pre key={place} tabIndex={0} aria-label={`Cell ${place + 1}`} className="overflow-auto rounded-lg border bg-page p-3 font-mono text-xs leading-5">{cell}</pre>
      ))}
    </div>
  )
}
