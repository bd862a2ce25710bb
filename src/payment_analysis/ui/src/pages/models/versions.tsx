import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { ModelOut } from '@/api/generated'
import { getModelsQueryKey, listModelChangesOptions, listModelChangesQueryKey, promoteModelMutation, rollBackModelMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { TextField } from '@/parts/field'
import { Empty, Problem } from '@/parts/states'
import { useScope } from '@/scope/use-scope'
import { usePerson } from '@/shell/person'

import { figure, measureName } from './figure'

type Wanted = { version: number } | 'back'

/** The versions of a model; an operator decides which one answers, with a reason that is kept. */
export function Versions({ model }: { model: ModelOut }) {
  const { zone } = useScope()
  const { may } = usePerson()
  const [wanted, want] = useState<Wanted | null>(null)
  return (
    <Card
      title={`Versions of ${label(model.name)}`}
      note={`A new version answers only when it is significantly better than the champion on attempts neither has seen; ${measureName(model.headline_metric)} beside ${model.baseline_name}.`}
      tools={may('operator') && model.versions.length > 1 && model.champion !== null && <Button onClick={() => want('back')}>Roll back</Button>}
    >
      {model.versions.length === 0 ? <Empty title="No version yet" /> : (
        <div className="mt-2">
          <DataTable
            label={`Versions of ${model.name}`}
            rows={model.versions}
            rowKey={(row) => String(row.version)}
            columns={[
              {
                key: 'version',
                title: 'Version',
                cell: (row) => (
                  <Link to="/models" search={((before: object) => ({ ...before, model: model.name, version: String(row.version) })) as never} className="text-accent-ink hover:underline">
                    {row.version}
                  </Link>
                ),
                sort: (row) => row.version,
              },
              { key: 'alias', title: 'Alias', cell: (row) => row.aliases.join(', ') },
              { key: 'at', title: `Trained (${zone})`, cell: (row) => moment(row.created_at, zone), sort: (row) => row.created_at },
              { key: 'headline', title: measureName(model.headline_metric), right: true, cell: (row) => figure(model.headline_metric, row.headline), sort: (row) => row.headline },
              { key: 'baseline', title: label(model.baseline_name), right: true, cell: (row) => figure(model.headline_metric, row.baseline), sort: (row) => row.baseline },
              { key: 'verdict', title: 'Verdict', cell: (row) => <span className="text-ink-2">{row.verdict}</span> },
              { key: 'act', title: '', right: true, cell: (row) => (may('operator') && row.version !== model.champion ? <Button onClick={() => want({ version: row.version })}>Promote</Button> : null) },
            ]}
          />
        </div>
      )}
      <Changes model={model.name} />
      {wanted && <Change model={model} wanted={wanted} onClose={() => want(null)} />}
    </Card>
  )
}

function Changes({ model }: { model: string }) {
  const { zone } = useScope()
  const { data } = useQuery(listModelChangesOptions())
  const own = data?.filter((one) => one.model === model) ?? []
  if (own.length === 0) return null
  return (
    <ul className="mt-3 flex flex-col gap-1 text-xs text-ink-3">
      {own.map((one) => (
        <li key={one.created_at}>
          <span className="num">{moment(one.created_at, zone)}</span>: {one.changed_by} {one.action === 'promote' ? 'promoted' : 'rolled back to'} version {one.version}. {one.reason}
        </li>
      ))}
    </ul>
  )
}

function Change({ model, wanted, onClose }: { model: ModelOut; wanted: Wanted; onClose: () => void }) {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const onSuccess = async () => {
    await Promise.all([client.invalidateQueries({ queryKey: getModelsQueryKey() }), client.invalidateQueries({ queryKey: listModelChangesQueryKey() })])
    onClose()
  }
  const promote = useMutation({ ...promoteModelMutation(), onSuccess })
  const back = useMutation({ ...rollBackModelMutation(), onSuccess })
  const path = { name: model.name }
  const act = () => (wanted === 'back' ? back.mutate({ path, body: { reason } }) : promote.mutate({ path, body: { version: wanted.version, reason } }))
  const failed = promote.error ?? back.error
  return (
    <Dialog open onClose={onClose} title={wanted === 'back' ? 'Give champion back to the version before' : `Let version ${wanted.version} answer`}>
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim()) act()
        }}
      >
        <p className="text-ink-2">Decisions take it over within half a minute. The audit keeps who did it and why.</p>
        <TextField label="Why" required value={reason} onChange={(event) => setReason(event.target.value)} />
        {failed && <Problem error={failed} />}
        <Button type="submit" look="strong" className="self-end" disabled={promote.isPending || back.isPending}>
          {wanted === 'back' ? 'Roll back' : 'Promote'}
        </Button>
      </form>
    </Dialog>
  )
}
