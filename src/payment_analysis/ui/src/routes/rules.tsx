import { useQuery } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'

import type { ApprovalRuleOut } from '@/api/generated'
import { listApprovalRulesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { plural } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { asType, draftOf, emptyDraft } from '@/pages/rules/draft'
import { Editor } from '@/pages/rules/editor'
import { Proposals } from '@/pages/rules/proposals'
import { Standing } from '@/pages/rules/rule'
import { Button } from '@/parts/button'
import { Card } from '@/parts/card'
import { DataTable } from '@/parts/data-table'
import { Dialog } from '@/parts/dialog'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

type Search = { id?: string | undefined; new?: string | undefined; type?: string | undefined; action?: string | undefined; value?: string | undefined; proposal?: string | undefined }
const word = (value: unknown) => (value === undefined || value === null ? undefined : String(value))

export const Route = createFileRoute('/rules')({
  validateSearch: (search: Record<string, unknown>): Search => ({ id: word(search.id), new: word(search.new), type: word(search.type), action: word(search.action), value: word(search.value), proposal: word(search.proposal) }),
  component: Rules,
})

function Rules() {
  const { id, new: prefilled, type, action, value, proposal } = Route.useSearch()
  const navigate = useNavigate()
  const { zone } = useScope()
  const { data, error, refetch } = useQuery(listApprovalRulesOptions())
  const go = (to: Search) => void navigate({ to: '.', search: ((before: object) => ({ ...before, id: undefined, new: undefined, type: undefined, action: undefined, value: undefined, ...to })) as never })
  const opened = data?.find((one) => one.id === id)
  return (
    <Page
      title="Rules"
      question="Which rules run, and do they help?"
      tools={
        <Button look="strong" onClick={() => go({ new: '', type: 'routing' })}>
          New rule
        </Button>
      }
    >
      <Card title={data ? plural(data.length, 'rule') : 'Rules'} note="In the order in which they are asked. A prohibition holds whatever the order.">
        {error ? (
          <Problem error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Skeleton className="h-40" />
        ) : data.length === 0 ? (
          <Empty title="No rule is written">Policies decide alone until somebody writes one.</Empty>
        ) : (
          <List rules={data} zone={zone} onOpen={(rule) => go({ id: rule })} />
        )}
      </Card>
      <Proposals zone={zone} named={proposal} />
      <Dialog open={opened !== undefined || prefilled !== undefined} onClose={() => go({})} title={opened?.name ?? 'New rule'} shape="drawer">
        {opened ? (
          <>
            <Standing rule={opened} zone={zone} />
            <Editor key={`${opened.id} ${opened.version}`} start={draftOf(opened)} onKept={(kept) => go({ id: kept })} />
          </>
        ) : (
          <Editor key={prefilled} start={emptyDraft(asType(type), prefilled ?? '', action, value)} onKept={(kept) => go({ id: kept })} />
        )}
      </Dialog>
    </Page>
  )
}

const LOOKS: Record<string, string> = { active: 'bg-good-soft text-good', shadow: 'bg-warn-soft text-warn', draft: 'bg-page text-ink-2', retired: 'bg-page text-ink-3' }

function List({ rules, zone, onOpen }: { rules: readonly ApprovalRuleOut[]; zone: string; onOpen: (id: string) => void }) {
  return (
    <DataTable
      label="Rules"
      rows={rules}
      rowKey={(row) => row.id}
      columns={[
        { key: 'priority', title: 'Priority', right: true, cell: (row) => row.priority, sort: (row) => row.priority },
        {
          key: 'name',
          title: 'Rule',
          cell: (row) => (
            <button type="button" className="text-left text-accent-ink hover:underline" onClick={() => onOpen(row.id)}>
              {row.name}
            </button>
          ),
          sort: (row) => row.name,
        },
        { key: 'type', title: 'Decision', cell: (row) => label(row.rule_type), sort: (row) => row.rule_type },
        { key: 'where', title: 'Where', cell: (row) => <code className="text-xs break-words">{row.canonical}</code> },
        { key: 'then', title: 'Then', cell: (row) => row.action_summary },
        { key: 'status', title: 'Status', cell: (row) => <span className={`rounded-md px-1.5 py-0.5 text-xs ${LOOKS[row.status] ?? ''}`}>{label(row.status)}</span>, sort: (row) => row.status },
        { key: 'owner', title: 'Owner', cell: (row) => row.owner, sort: (row) => row.owner },
        { key: 'changed', title: `Changed (${zone})`, right: true, cell: (row) => moment(row.updated_at, zone), sort: (row) => row.updated_at },
      ]}
    />
  )
}
