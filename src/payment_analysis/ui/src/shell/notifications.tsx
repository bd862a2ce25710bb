import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'

import type { Notifications as News } from '@/api/generated'
import { listNotificationsQueryKey, markAllNotificationsReadMutation, markNotificationReadMutation } from '@/api/generated/@tanstack/react-query.gen'
import { plural } from '@/format/number'
import { moment } from '@/format/time'
import { Button } from '@/parts/button'
import { Dialog } from '@/parts/dialog'
import { Empty, Problem } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

import { usePerson } from './person'

/** What there is to know, the newest first; opening one marks it as read. */
export function Notifications({ news, onClose }: { news: News; onClose: () => void }) {
  const { zone } = useScope()
  const { may } = usePerson()
  const navigate = useNavigate()
  const client = useQueryClient()
  const onSuccess = () => client.invalidateQueries({ queryKey: listNotificationsQueryKey() })
  const read = useMutation({ ...markNotificationReadMutation(), onSuccess })
  const readAll = useMutation({ ...markAllNotificationsReadMutation(), onSuccess })
  const open = (one: News['rows'][number]) => {
    if (!one.read_at && may('analyst')) read.mutate({ path: { notification_id: one.id } })
    onClose()
    void navigate({ href: one.link })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={news.unread > 0 ? plural(news.unread, 'new notification') : 'Notifications'}
      shape="drawer"
      tools={news.unread > 0 && may('analyst') && <Button onClick={() => readAll.mutate({})}>Mark all as read</Button>}
    >
      {readAll.error && <Problem error={readAll.error} />}
      {news.rows.length === 0 ? (
        <Empty title="Nothing happened yet">Incidents, finished runs and proposals of the agents appear here.</Empty>
      ) : (
        <ul className="divide-y">
          {news.rows.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => open(one)} className="flex w-full flex-col gap-0.5 px-4 py-3 text-left hover:bg-page">
                <span className="flex items-center gap-2">
                  {!one.read_at && <span aria-hidden className="size-2 shrink-0 rounded-full bg-accent" />}
                  <span className={one.read_at ? 'text-ink-2' : 'font-medium'}>
                    {!one.read_at && <span className="sr-only">New: </span>}
                    {one.title}
                  </span>
                </span>
                <span className="text-xs text-ink-3">
                  {one.body} · <span className="num">{moment(one.created_at, zone)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
