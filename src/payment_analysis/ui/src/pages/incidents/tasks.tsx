import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { createRemediationTaskMutation, listRemediationTasksOptions, listRemediationTasksQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Problem, Skeleton } from '@/parts/states'

/** Who does what about an incident. */
export function Tasks({ incident }: { incident: string }) {
  const path = { incident_id: incident }
  const client = useQueryClient()
  const [title, setTitle] = useState('')
  const { data, error } = useQuery(listRemediationTasksOptions({ path }))
  const add = useMutation({
    ...createRemediationTaskMutation(),
    onSuccess: async () => {
      setTitle('')
      await client.invalidateQueries({ queryKey: listRemediationTasksQueryKey({ path }) })
    },
  })
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-ink-3">Tasks</h3>
      {error ? <Problem error={error} /> : !data ? <Skeleton className="h-10" /> : (
        <ul className="flex flex-col gap-1">
          {data.map((task) => (
            <li key={task.id} className="flex items-center justify-between gap-3 rounded-lg border px-3 py-1.5">
              <span>{task.title}</span>
              <span className="text-xs text-ink-3">
                {task.owner ?? 'nobody'}, {label(task.status)}
              </span>
            </li>
          ))}
          {data.length === 0 && <li className="text-ink-3">Nobody does anything yet.</li>}
        </ul>
      )}
      <form
        className="mt-2 flex gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (title.trim()) add.mutate({ path, body: { title: title.trim() } })
        }}
      >
        <input value={title} onChange={(event) => setTitle(event.target.value)} placeholder="What has to be done" aria-label="What has to be done" className="h-8 min-w-0 flex-1 rounded-lg border bg-page px-2.5" />
        <Button type="submit" disabled={add.isPending}>
          Add task
        </Button>
      </form>
      {add.error && <Problem error={add.error} />}
    </section>
  )
}
