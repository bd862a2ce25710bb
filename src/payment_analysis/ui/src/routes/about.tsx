import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'

import { getScopeOptionsOptions, healthDatabaseOptions, versionOptions } from '@/api/generated/@tanstack/react-query.gen'
import { count } from '@/format/number'
import { moment } from '@/format/time'
import { Card } from '@/parts/card'
import { Page } from '@/parts/page'
import { Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/about')({ component: About })

const SOURCES: Record<string, string> = {
  simulated: 'a simulated world with known truth; no payment in it is real',
  user: 'your own exports',
  mixed: 'your own exports and simulated attempts together',
  examples: 'the small examples that come with the product',
}

function About() {
  return (
    <Page title="About" question="What answers here, and where do the numbers come from?">
      <div className="grid gap-3 lg:grid-cols-2">
        <Release />
        <Data />
        <Words />
        <Doors />
      </div>
    </Page>
  )
}

function Facts({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Release() {
  const release = useQuery(versionOptions())
  const store = useQuery(healthDatabaseOptions())
  return (
    <Card title="Release">
      {release.error ? <Problem error={release.error} /> : store.error ? <Problem error={store.error} /> : !release.data || !store.data ? <Skeleton /> : (
        <Facts
          rows={[
            ['Payment Analysis', release.data.version],
            ['Licence', 'Apache License 2.0'],
            ['Lakehouse', 'Delta Lake tables, read by DuckDB'],
            ['Store', `PostgreSQL ${store.data.server_version}${store.data.is_embedded ? ', in the home' : ''}`],
          ]}
        />
      )}
    </Card>
  )
}

function Data() {
  const { zone } = useScope()
  const { data, error } = useQuery(getScopeOptionsOptions())
  return (
    <Card title="Data">
      {error ? <Problem error={error} /> : !data ? <Skeleton /> : (
        <Facts
          rows={[
            ['Source', SOURCES[data.source] ?? data.source],
            ['Attempts', count(data.attempts)],
            [`Newest attempt (${zone})`, data.as_of ? moment(data.as_of, zone) : 'none'],
          ]}
        />
      )}
    </Card>
  )
}

const MEANINGS = [
  ['Attempt', 'one authorisation message'],
  ['Payment', 'what the customer wanted; it has one attempt or several'],
  ['Approved payments', 'payments with an approved attempt, of all that were answered'],
  ['Declined for good', 'payments whose last attempt was declined'],
  ['Recoverable', 'an estimate with a range, from what such declines returned before; never a promise'],
] as const

function Words() {
  return (
    <Card title="Words">
      <Facts rows={MEANINGS} />
    </Card>
  )
}

function Doors() {
  return (
    <Card title="Other doors">
      <ul className="flex flex-col gap-1.5">
        <li><a className="text-accent-ink underline" href="/docs">The API</a>, every address with its role and its answer</li>
        <li><a className="text-accent-ink underline" href="/report">The report</a> as one page to print or send</li>
        <li>The command <code className="font-mono text-xs">payment-analysis --help</code></li>
      </ul>
    </Card>
  )
}
