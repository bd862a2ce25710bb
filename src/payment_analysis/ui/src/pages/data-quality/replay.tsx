import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { Quarantine, ReplayIn } from '@/api/generated'
import { listQuarantineQueryKey, replayQuarantinedMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Button } from '@/parts/button'
import { Dialog } from '@/parts/dialog'
import { SelectField } from '@/parts/field'
import { Problem } from '@/parts/states'

type Props = { row: Quarantine['rows'][number]; onClose: () => void }

/** A record that was put aside, to be mended and sent in again. What was masked has to be written anew. */
export function Replay({ row, onClose }: Props) {
  const client = useQueryClient()
  const [text, write] = useState(() => indented(row.record ?? '{}'))
  const [format, choose] = useState<NonNullable<ReplayIn['format']>>('canonical')
  const [wrong, say] = useState('')
  const send = useMutation({
    ...replayQuarantinedMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: listQuarantineQueryKey() })
      onClose()
    },
  })
  const submit = () => {
    try {
      const record = JSON.parse(text) as ReplayIn['record']
      say('')
      send.mutate({ path: { quarantine_id: row.quarantine_id ?? '' }, body: { record, format } })
    } catch (error) {
      say(`This is not JSON: ${(error as Error).message}`)
    }
  }
  return (
    <Dialog open onClose={onClose} title="Mend this record">
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="text-ink-2">
          {row.detail} {row.masked_value && <>Its value, masked: <code className="font-mono text-xs">{row.masked_value}</code>.</>}
        </p>
        <label className="flex flex-col gap-1 text-xs text-ink-3">
          The record as it should have been
          <textarea value={text} onChange={(event) => write(event.target.value)} rows={14} spellCheck={false} className="rounded-lg border bg-page p-3 font-mono text-xs text-ink" />
        </label>
        <SelectField label="How it is written" value={format} choices={[['canonical', 'canonical attempt'], ['stripe', 'Stripe charge']]} onChange={(event) => choose(event.target.value as typeof format)} />
        {wrong && <p role="alert" className="text-bad">{wrong}</p>}
        {send.error && <Problem error={send.error} />}
        <Button type="submit" look="strong" className="self-end" disabled={send.isPending}>Check it and let it land</Button>
      </form>
    </Dialog>
  )
}

function indented(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2)
  } catch {
    return record // a line of CSV: there is nothing to indent
  }
}
