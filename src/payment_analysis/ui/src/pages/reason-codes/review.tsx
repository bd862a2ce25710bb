import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { DeclineReason, ReasonReading, ReasonReviewIn } from '@/api/generated'
import { createReasonReviewMutation, listReasonReviewsQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { label } from '@/format/words'
import { Button } from '@/parts/button'
import { Dialog } from '@/parts/dialog'
import { SelectField, TextField } from '@/parts/field'
import { Problem } from '@/parts/states'

type Verdict = ReasonReviewIn['verdict']
const VERDICTS = [['valid', 'Right'], ['invalid', 'Wrong'], ['non_actionable', 'Right, but nothing follows from it']] as const

/** An expert's word on how one code is read. */
export function Review({ reading, reasons, onClose }: { reading: ReasonReading; reasons: readonly DeclineReason[]; onClose: () => void }) {
  const client = useQueryClient()
  const [verdict, judge] = useState<Verdict>('valid')
  const [shouldBe, setShouldBe] = useState('')
  const [why, setWhy] = useState('')
  const save = useMutation({
    ...createReasonReviewMutation(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: listReasonReviewsQueryKey() })
      onClose()
    },
  })
  const send = () =>
    save.mutate({
      body: {
        network: (reading.network ?? 'any') as ReasonReviewIn['network'],
        raw_code: reading.raw_code ?? '',
        read_as: reading.reason as DeclineReason,
        verdict,
        should_be: verdict === 'invalid' && shouldBe ? (shouldBe as DeclineReason) : null,
        reason: why.trim() || null,
      },
    })
  return (
    <Dialog open onClose={onClose} title={`Is ${label(reading.network)} ${reading.raw_code ?? ''} read right?`}>
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <p>
          Read as <strong>{label(reading.reason)}</strong>. {reading.sentence}
        </p>
        {reading.rule && <p className="text-xs text-ink-3">Source: {reading.rule}</p>}
        <SelectField label="Your verdict" value={verdict} choices={VERDICTS} onChange={(event) => judge(event.target.value as Verdict)} />
        {verdict === 'invalid' && (
          <SelectField label="It should be" value={shouldBe} choices={[['', 'I do not know'], ...reasons.map((one) => [one, label(one)] as const)]} onChange={(event) => setShouldBe(event.target.value)} />
        )}
        <TextField label="Why" value={why} onChange={(event) => setWhy(event.target.value)} />
        {save.error && <Problem error={save.error} />}
        <Button type="submit" look="strong" className="self-end" disabled={save.isPending}>Save the review</Button>
      </form>
    </Dialog>
  )
}
