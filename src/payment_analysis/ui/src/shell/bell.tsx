import { useQuery } from '@tanstack/react-query'
import { Bell as Sign } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'

import { listNotificationsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { REFRESH_MS } from '@/api/queries'
import { IconButton } from '@/parts/button'

const Notifications = lazy(async () => ({ default: (await import('./notifications')).Notifications }))

/** How much news there is; the list opens beside the page. */
export function Bell() {
  const [open, setOpen] = useState(false)
  const { data } = useQuery({ ...listNotificationsOptions(), refetchInterval: REFRESH_MS })
  const unread = data?.unread ?? 0
  return (
    <>
      <IconButton name={unread > 0 ? `Notifications, ${unread} new` : 'Notifications'} className="relative size-8 border" onClick={() => setOpen(true)}>
        <Sign aria-hidden size={15} />
        {unread > 0 && (
          <span aria-hidden className="num absolute -top-1.5 -right-1.5 min-w-4 rounded-full bg-accent px-1 text-center text-[10px] leading-4 font-semibold text-on-accent">
            {unread > 99 ? '99' : unread}
          </span>
        )}
      </IconButton>
      {open && data && (
        <Suspense>
          <Notifications news={data} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
