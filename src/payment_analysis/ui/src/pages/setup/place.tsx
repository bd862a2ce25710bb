import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { SetupConfigOut } from '@/api/generated'
import { getSetupConfigOptions, getSetupConfigQueryKey, updateSetupConfigMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { TextField } from '@/parts/field'
import { Problem, Skeleton } from '@/parts/states'

export function PlaceForm() {
  const { data, error, refetch } = useQuery(getSetupConfigOptions())
  return (
    <Card title="Catalog & schema" note="Where tables, views and models are; checked before it is saved.">
      {error ? <Problem error={error} retry={() => void refetch()} /> : data ? <Form key={`${data.catalog}.${data.schema}`} held={data} /> : <Skeleton className="h-28" />}
    </Card>
  )
}

function Form({ held }: { held: SetupConfigOut }) {
  const client = useQueryClient()
  const [catalog, setCatalog] = useState(held.catalog)
  const [schema, setSchema] = useState(held.schema)
  const save = useMutation({ ...updateSetupConfigMutation(), onSuccess: () => client.invalidateQueries({ queryKey: getSetupConfigQueryKey() }) })
  return (
    <form
      className="mt-2 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ body: { catalog, schema } })
      }}
    >
      <TextField label="Catalog" value={catalog} required pattern="[A-Za-z0-9_][A-Za-z0-9_\-]*" onChange={(event) => setCatalog(event.target.value)} />
      <TextField label="Schema" value={schema} required pattern="[A-Za-z0-9_][A-Za-z0-9_\-]*" onChange={(event) => setSchema(event.target.value)} />
      <div className="flex items-center gap-3">
        <Button type="submit" disabled={save.isPending}>Save catalog &amp; schema</Button>
        {save.isSuccess && <span role="status" className="text-xs text-good">Saved.</span>}
        {!held.is_saved && !save.isSuccess && <span className="text-xs text-ink-3">Not saved yet; job 1 does it too.</span>}
      </div>
      {save.error && <Problem error={save.error} />}
    </form>
  )
}
