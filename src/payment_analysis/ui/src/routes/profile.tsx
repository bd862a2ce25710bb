import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useState } from 'react'

import type { AccessTokenOut, Role } from '@/api/generated'
import { createAccessTokenMutation, listAccessTokensOptions, listAccessTokensQueryKey, revokeAccessTokenMutation } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { SelectField, TextField } from '@/parts/field'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { ZONES } from '@/scope/choices'
import { useScope } from '@/scope/use-scope'
import { usePerson } from '@/shell/person'
import { PLACES } from '@/shell/places'
import { homePage, homeZone, rememberHome, rememberZone } from '@/shell/preferences'
import type { Theme } from '@/shell/theme'
import { currentTheme, setTheme } from '@/shell/theme'

export const Route = createFileRoute('/profile')({ component: Profile })

function Profile() {
  const { person } = usePerson()
  return (
    <Page title="Profile" question={person ? `${person.display_name} is ${person.role}: ${person.role_meaning}` : 'Who you are here, and how the pages look for you.'}>
      <div className="grid gap-3 xl:grid-cols-[22rem_1fr]">
        <Preferences />
        <Tokens />
      </div>
    </Page>
  )
}

function Preferences() {
  const { change } = useScope()
  const [theme, show] = useState(currentTheme)
  const [home, setHome] = useState(homePage)
  const [zone, setZone] = useState(homeZone)
  return (
    <Card title="In this browser">
      <div className="flex flex-col gap-3 pt-1">
        <SelectField
          label="Theme"
          value={theme}
          choices={[['light', 'Light'], ['dark', 'Dark']]}
          onChange={(event) => {
            setTheme(event.target.value as Theme)
            show(event.target.value as Theme)
          }}
        />
        <SelectField
          label="Time zone when an address names none"
          value={zone}
          choices={[...new Set(ZONES)].map((name) => [name, name] as const)}
          onChange={(event) => {
            rememberZone(event.target.value)
            setZone(event.target.value)
            change({ tz: event.target.value === 'UTC' ? undefined : event.target.value })
          }}
        />
        <SelectField
          label="Page after signing in"
          value={home}
          choices={PLACES.map((place) => [place.to, place.name] as const)}
          onChange={(event) => {
            rememberHome(event.target.value)
            setHome(event.target.value)
          }}
        />
      </div>
    </Card>
  )
}

function Tokens() {
  const { zone } = useScope()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(listAccessTokensOptions())
  const revoke = useMutation({ ...revokeAccessTokenMutation(), onSuccess: () => client.invalidateQueries({ queryKey: listAccessTokensQueryKey() }) })
  return (
    <Card title="Access tokens" note="A program asks the API with one; it may do at most what you may.">
      <div className="mt-2 flex flex-col gap-3">
        <NewToken />
        {revoke.error && <Problem error={revoke.error} />}
        {error ? <Problem error={error} retry={() => void refetch()} /> : !data ? <Skeleton /> : data.length === 0 ? <Empty title="You have no token" /> : (
          <DataTable
            label="Access tokens"
            rows={data}
            rowKey={(row) => row.id}
            columns={[
              { key: 'name', title: 'For', cell: (row) => row.name, sort: (row) => row.name },
              { key: 'role', title: 'Role', cell: (row) => row.role },
              { key: 'until', title: `Works until (${zone})`, right: true, cell: (row) => moment(row.expires_at, zone), sort: (row) => row.expires_at },
              { key: 'revoke', title: '', right: true, cell: (row) => <Revoke token={row} onRevoke={() => revoke.mutate({ path: { token_id: row.id } })} /> },
            ]}
          />
        )}
      </div>
    </Card>
  )
}

function Revoke({ token, onRevoke }: { token: AccessTokenOut; onRevoke: () => void }) {
  return token.revoked_at ? <span className="text-ink-3">revoked</span> : <Button onClick={onRevoke}>Revoke</Button>
}

function NewToken() {
  const client = useQueryClient()
  const { person } = usePerson()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const make = useMutation({
    ...createAccessTokenMutation(),
    onSuccess: async () => {
      setName('')
      await client.invalidateQueries({ queryKey: listAccessTokensQueryKey() })
    },
  })
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) make.mutate({ body: { name: name.trim(), role, days: 90 } })
      }}
    >
      <TextField label="What it is for" value={name} onChange={(event) => setName(event.target.value)} />
      <div className="w-36">
        <SelectField label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)} choices={[['viewer', 'viewer'], ['analyst', 'analyst'], ['operator', 'operator'], ['admin', 'admin']]} />
      </div>
      <Button type="submit" look="strong" disabled={make.isPending || !person}>Make a token for 90 days</Button>
      {make.error && <Problem error={make.error} />}
      {make.data && (
        <p role="status" className="w-full rounded-lg bg-good-soft p-3 text-good">
          Shown only now: <code className="font-mono text-xs break-all">{make.data.secret}</code>
        </p>
      )}
    </form>
  )
}
