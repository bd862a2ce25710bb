import { Link } from '@tanstack/react-router'

import { GROUPS } from './places'

/** Five groups of pages; on a narrow screen only their signs. */
export function Navigation() {
  return (
    <nav aria-label="Pages" className="sticky top-0 flex h-dvh w-14 shrink-0 flex-col gap-4 overflow-y-auto border-r bg-card px-2 py-3 lg:w-56 lg:px-3">
      <Link to="/" className="flex h-8 items-center gap-2.5 px-1.5">
        <img src="/favicon.svg" alt="" width={24} height={24} className="shrink-0" />
        <span className="hidden text-[14px] font-semibold tracking-tight lg:block">Payment Analysis</span>
      </Link>
      {GROUPS.map((group) => (
        <div key={group.name}>
          <p className="hidden px-2 pb-1 text-[11px] font-medium text-ink-3 lg:block">{group.name}</p>
          <ul className="flex flex-col gap-0.5">
            {group.places.map((place) => (
              <li key={place.to}>
                <Link
                  to={place.to}
                  title={place.name}
                  activeOptions={{ exact: place.to === '/', includeSearch: false }}
                  className="flex h-8 items-center gap-2.5 rounded-lg px-2 text-[13px] text-ink-2 transition-colors hover:bg-page hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-ink"
                >
                  <place.icon aria-hidden size={16} className="shrink-0" />
                  <span className="hidden lg:block">{place.name}</span>
                  <span className="sr-only lg:hidden">{place.name}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
