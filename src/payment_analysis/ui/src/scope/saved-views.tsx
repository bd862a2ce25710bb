import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { Trash2, Users } from 'lucide-react'
import { useState } from 'react'

import { createSavedViewMutation, deleteSavedViewMutation, listSavedViewsOptions, listSavedViewsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { Button, IconButton } from '@/parts/button'
import { PopoverClose } from '@/parts/popover'
import { Problem, Skeleton } from '@/parts/states'
import { usePerson } from '@/shell/person'

/** Pages with their filters, under names: yours and those others share. */
export function SavedViews() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { may } = usePerson()
  const { data, error } = useQuery(listSavedViewsOptions())
  const onSuccess = () => client.invalidateQueries({ queryKey: listSavedViewsQueryKey() })
  const remove = useMutation({ ...deleteSavedViewMutation(), onSuccess })
  return (
    <div className="w-72">
      {error ? <Problem error={error} /> : !data ? <Skeleton className="h-10" /> : (
        <ul>
          {data.map((view) => (
            <li key={view.id} className="flex items-center gap-1 rounded-md hover:bg-page">
              <PopoverClose asChild>
                <button type="button" onClick={() => void navigate({ href: `${view.page}${view.search ? `?${view.search}` : ''}` })} className="h-8 min-w-0 flex-1 truncate px-2 text-left">
                  {view.name} <span className="text-xs text-ink-3">{view.page}</span>
                </button>
              </PopoverClose>
              {view.is_shared && <Users aria-label="shared" role="img" size={13} className="shrink-0 text-ink-3" />}
              {view.is_own && (
                <IconButton name={`Delete ${view.name}`} onClick={() => remove.mutate({ path: { view_id: view.id } })}>
                  <Trash2 aria-hidden size={14} />
                </IconButton>
              )}
            </li>
          ))}
          {data.length === 0 && <li className="px-2 py-2 text-ink-3">No view is saved yet.</li>}
        </ul>
      )}
      {remove.error && <Problem error={remove.error} />}
      {may('analyst') && <Save onSaved={onSuccess} />}
    </div>
  )
}

function Save({ onSaved }: { onSaved: () => Promise<void> }) {
  const { pathname, searchStr } = useLocation()
  const [name, setName] = useState('')
  const [isShared, share] = useState(false)
  const save = useMutation({
    ...createSavedViewMutation(),
    onSuccess: async () => {
      setName('')
      await onSaved()
    },
  })
  return (
    <form
      className="mt-2 flex flex-col gap-2 border-t pt-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) save.mutate({ body: { name: name.trim(), page: pathname, search: searchStr.replace(/^\?/, ''), is_shared: isShared } })
      }}
    >
      <div className="flex gap-2">
        <input value={name} onChange={(event) => setName(event.target.value)} aria-label="Name of the view" placeholder="Save this page as…" className="h-8 min-w-0 flex-1 rounded-lg border bg-page px-2" />
        <Button type="submit" disabled={save.isPending}>Save</Button>
      </div>
      <label className="flex items-center gap-2 px-1 text-ink-2">
        <input type="checkbox" checked={isShared} onChange={() => share(!isShared)} className="size-3.5 accent-accent" /> Everybody sees it
      </label>
      {save.error && <Problem error={save.error} />}
    </form>
  )
}
