import { Link } from '@tanstack/react-router'
import { CircleUser } from 'lucide-react'

import { signOut } from '@/api/generated'
import { IconButton } from '@/parts/button'
import { Menu } from '@/parts/menu'

import { usePerson } from './person'

const ITEM = 'flex h-8 w-full items-center rounded-md px-2 text-left hover:bg-page'

/** Who is signed in, and what is theirs. */
export function Account() {
  const { person, may } = usePerson()
  const leave = async () => {
    await signOut()
    location.assign('/')
  }
  return (
    <Menu label="Account" align="end" trigger={<IconButton name="Account" className="size-8 border"><CircleUser aria-hidden size={15} /></IconButton>}>
      {person && (
        <p className="border-b px-2 pt-1 pb-2 text-ink-2">
          {person.display_name} <span className="text-xs text-ink-3">· {person.role}</span>
        </p>
      )}
      <Link to="/profile" className={ITEM}>Profile</Link>
      {may('admin') && <Link to="/people" className={ITEM}>People</Link>}
      <Link to="/about" className={ITEM}>About</Link>
      <button type="button" className={ITEM} onClick={() => void leave()}>Sign out</button>
    </Menu>
  )
}
