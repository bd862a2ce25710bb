import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { recentDecisionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { moment } from '@/format/time'
import { Card } from '@/parts/card'
import { Problem, Skeleton } from '@/parts/states'

import type { Answer } from './answer'
import { AnswerBody, headline } from './answer'
import { Outcomes } from './trace'

/** One stored decision as it was made, whatever would be decided today. */
export function Made({ audit, zone }: { audit: string; zone: string }) {
  const { data, error, refetch } = useQuery(recentDecisionsOptions({ query: { audit_id: audit, limit: 1 } }))
  if (error) return <Problem error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-40" />
  const [decision] = data
  if (!decision) return <p className="text-ink-3">There is no decision {audit}.</p>
  const answer = decision.response as unknown as Answer & { decided_at: string }
  return (
    <section aria-label="The decision that was made">
      <Card title={`As decided: ${headline(answer)}`} note={`Stored as ${decision.audit_id} on ${moment(answer.decided_at, zone)} (${zone}).`}>
        <AnswerBody answer={answer} />
        <p className="-ml-4 mt-2">
          <Outcomes decision={decision} zone={zone} />
        </p>
        {decision.payment_id && (
          <Link to="/transactions" search={{ payment: decision.payment_id } as never} className="text-accent-ink hover:underline">
            The payment {decision.payment_id}
          </Link>
        )}
      </Card>
    </section>
  )
}
