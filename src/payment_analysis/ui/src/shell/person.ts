import { useQuery } from '@tanstack/react-query'

import { currentUserOptions } from '@/api/generated/@tanstack/react-query.gen'

const ROLES = ['viewer', 'analyst', 'operator', 'admin'] as const

/** Who looks at the page, and whether their role allows what another role may do. */
export function usePerson() {
  const { data: person } = useQuery({ ...currentUserOptions(), staleTime: Infinity })
  const may = (role: (typeof ROLES)[number]) => person !== undefined && ROLES.indexOf(person.role) >= ROLES.indexOf(role)
  return { person, may }
}
