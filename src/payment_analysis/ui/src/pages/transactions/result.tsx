import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'

const LOOKS = {
  approved: [CircleCheck, 'text-good'],
  declined: [CircleX, 'text-bad'],
  pending: [CircleDashed, 'text-warn'],
  error: [TriangleAlert, 'text-warn'],
} as const

export function Result({ result }: { result: string | null }) {
  const [Sign, colour] = LOOKS[(result ?? 'pending') as keyof typeof LOOKS] ?? LOOKS.pending
  return (
    <span className={`inline-flex items-center gap-1.5 ${colour}`}>
      <Sign aria-hidden size={14} />
      {result ?? 'not known'}
    </span>
  )
}
