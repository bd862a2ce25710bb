import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useState } from 'react'

import type { Role, UserOut } from '@/api/generated'
import { createSignInLinkMutation, createUserMutation, listUsersOptions, listUsersQueryKey, updateUserMutation } from '@/api/generated/@tanstack/react-query.gen'
import { dayYear } from '@/format/time'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { SelectField, TextField } from '@/parts/field'
import { Page } from '@/parts/page'
import { Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/people')({ component: People })

const ROLES = [['viewer', 'viewer: looks'], ['analyst', 'analyst: asks and reviews'], ['operator', 'operator: changes decisions'], ['admin', 'admin: people and settings']] as const

function People() {
  const { data, error, refetch } = useQuery(listUsersOptions())
  return (
    <Page title="People" question="Who may do what here?">
      <Card title="A new account">
        <NewPerson />
      </Card>
      <Card title="Accounts">
        {error ? <Problem error={error} retry={() => void refetch()} /> : data ? <Accounts people={data} /> : <Skeleton />}
      </Card>
    </Page>
  )
}

function Accounts({ people }: { people: readonly UserOut[] }) {
  const { zone } = useScope()
  const client = useQueryClient()
  const change = useMutation({ ...updateUserMutation(), onSuccess: () => client.invalidateQueries({ queryKey: listUsersQueryKey() }) })
  const invite = useMutation(createSignInLinkMutation())
  return (
    <div className="flex flex-col gap-3">
      {(change.error ?? invite.error) && <Problem error={change.error ?? invite.error} />}
      {invite.data && (
        <p role="status" className="rounded-lg bg-good-soft p-3 text-good">
          Signs in once, shown only now: <code className="font-mono text-xs break-all">{invite.data.link}</code>
        </p>
      )}
      <DataTable
        label="Accounts"
        rows={people}
        rowKey={(row) => row.id}
        columns={[
          { key: 'name', title: 'Name', cell: (row) => <>{row.display_name} <span className="text-xs text-ink-3">{row.name}</span></>, sort: (row) => row.name },
          {
            key: 'role',
            title: 'Role',
            cell: (row) => (
              <select aria-label={`Role of ${row.name}`} value={row.role} onChange={(event) => change.mutate({ path: { user_id: row.id }, body: { role: event.target.value as Role } })} className="h-8 rounded-lg border bg-page px-2">
                {ROLES.map(([role, says]) => <option key={role} value={role}>{says}</option>)}
              </select>
            ),
          },
          { key: 'since', title: 'Since', right: true, cell: (row) => dayYear(row.created_at, zone), sort: (row) => row.created_at },
          { key: 'link', title: '', right: true, cell: (row) => <Button disabled={!row.is_active} onClick={() => invite.mutate({ path: { user_id: row.id } })}>Sign-in link</Button> },
          { key: 'active', title: '', right: true, cell: (row) => <Button onClick={() => change.mutate({ path: { user_id: row.id }, body: { is_active: !row.is_active } })}>{row.is_active ? 'Switch off' : 'Switch on'}</Button> },
        ]}
      />
    </div>
  )
}

function NewPerson() {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [shown, setShown] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const make = useMutation({
    ...createUserMutation(),
    onSuccess: async () => {
      setName('')
      setShown('')
      await client.invalidateQueries({ queryKey: listUsersQueryKey() })
    },
  })
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) make.mutate({ body: { name: name.trim(), display_name: shown.trim() || name.trim(), role } })
      }}
    >
      <TextField label="Account name" value={name} onChange={(event) => setName(event.target.value)} />
      <TextField label="Name to show" value={shown} onChange={(event) => setShown(event.target.value)} />
      <div className="w-56">
        <SelectField label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)} choices={ROLES} />
      </div>
      <Button type="submit" look="strong" disabled={make.isPending}>Make the account</Button>
      {make.error && <Problem error={make.error} />}
    </form>
  )
}
