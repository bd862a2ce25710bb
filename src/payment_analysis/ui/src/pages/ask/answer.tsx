import { useMutation } from '@tanstack/react-query'
import { BadgeCheck, ThumbsDown, ThumbsUp } from 'lucide-react'
import { useMemo } from 'react'

import type { Answer, ChipChoice } from '@/api/generated'
import { reviewAnswerMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Widget } from '@/lakeview/widget'
import { Button, IconButton } from '@/parts/button'
import { Card } from '@/parts/card'
import { saveFile } from '@/parts/save-file'
import { SqlText } from '@/parts/sql'
import { usePerson } from '@/shell/person'

import { Chips } from './chips'
import { csvOf, dataOf, pictureOf, tableOf } from './widget'

type Props = { answer: Answer; zone: string; stale: boolean; onChoose: (choice: ChipChoice) => void; onAsk: (question: string) => void }

const NOTHING = () => undefined

/** One answer: the sentence first, then what was assumed, the picture, the rows and the SQL. */
export function AnswerView({ answer, zone, stale, onChoose, onAsk }: Props) {
  const picture = useMemo(() => pictureOf(answer), [answer])
  const table = useMemo(() => tableOf(answer), [answer])
  const data = useMemo(() => dataOf(answer, 'answer'), [answer])
  const csv = () => saveFile('answer.csv', csvOf(answer), 'text/csv')
  return (
    <div className={`flex flex-col gap-3 transition-opacity ${stale ? 'opacity-60' : ''}`}>
      <Card className="[&>div]:pt-4">
        <div className="flex items-start gap-3">
          <p role="status" className="min-w-0 flex-1 text-[15px] leading-relaxed">
            {answer.sentence}
          </p>
          {answer.is_verified && (
            <span title="The figure is defined by us and nothing was assumed that could be meant otherwise." className="inline-flex shrink-0 items-center gap-1 text-xs font-medium text-good">
              <BadgeCheck aria-hidden size={15} /> Verified
            </span>
          )}
        </div>
        {answer.hint && <p className="mt-1 text-ink-3">{answer.hint}</p>}
        {answer.choices.length > 0 && (
          <div className="mt-3 flex flex-wrap gap-2">
            {answer.choices.map((choice) => (
              <Button key={choice.label} onClick={() => onChoose(choice)}>
                {choice.label}
              </Button>
            ))}
          </div>
        )}
        {answer.chips.length > 0 && (
          <div className="mt-3">
            <Chips chips={answer.chips} onChoose={onChoose} />
          </div>
        )}
        <Notes answer={answer} />
        {answer.suggestions.length > 0 && <Questions title="Did you mean" questions={answer.suggestions} onAsk={onAsk} />}
      </Card>
      {picture && (
        <div className="h-72">
          <Widget widget={picture} data={data} zone={zone} stale={false} onPick={NOTHING} onOpen={NOTHING} onCsv={csv} />
        </div>
      )}
      {answer.rows.length > 0 && answer.columns.some((column) => column.role === 'dimension') && (
        <div className="h-80">
          <Widget widget={table} data={data} zone={zone} stale={false} onPick={NOTHING} onOpen={NOTHING} onCsv={csv} />
        </div>
      )}
      {answer.sql && (
        <Card className="[&>div]:pt-3">
          <SqlText name="SQL that gave these rows" sql={answer.sql} />
        </Card>
      )}
    </div>
  )
}

function Notes({ answer }: { answer: Answer }) {
  const { may } = usePerson()
  const review = useMutation(reviewAnswerMutation())
  const said = [...answer.notes, answer.model_note, answer.ignored.length > 0 ? `passed over: ${answer.ignored.join(', ')}` : ''].filter((note) => note !== '')
  const say = (verdict: 'valid' | 'invalid') => review.mutate({ body: { question: answer.question, verdict } })
  return (
    <div className="mt-3 flex items-center gap-2 text-xs text-ink-3">
      <p className="min-w-0 flex-1">{said.join(' · ')}</p>
      {answer.status === 'answered' && may('analyst') && (
        <>
          <span role="status">{review.isSuccess ? 'Thank you' : review.isError ? 'Not kept; try again' : ''}</span>
          <IconButton name="This answer is right" onClick={() => say('valid')} disabled={review.isPending}>
            <ThumbsUp aria-hidden size={14} />
          </IconButton>
          <IconButton name="This answer is wrong" onClick={() => say('invalid')} disabled={review.isPending}>
            <ThumbsDown aria-hidden size={14} />
          </IconButton>
        </>
      )}
    </div>
  )
}

/** Questions that can be asked with one click. */
export function Questions({ title, questions, onAsk }: { title: string; questions: readonly string[]; onAsk: (question: string) => void }) {
  return (
    <div className="mt-3">
      <p className="text-xs text-ink-3">{title}</p>
      <ul className="mt-1.5 flex flex-wrap gap-1.5">
        {questions.map((question) => (
          <li key={question}>
            <button type="button" onClick={() => onAsk(question)} className="rounded-full border bg-card px-3 py-1 text-left text-[13px] text-ink-2 hover:border-line-strong hover:text-ink">
              {question}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
