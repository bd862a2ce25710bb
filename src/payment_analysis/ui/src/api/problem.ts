/** What went wrong, in the words of the server where it could answer. */
export type Failure = { kind: string; title: string; detail: string; hint: string; status: number }

export function failureOf(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'title' in error && 'detail' in error) {
    const problem = error as Partial<Failure> & { type?: string }
    return {
      kind: problem.type?.split(':').at(-1) ?? '',
      title: String(problem.title),
      detail: String(problem.detail),
      hint: problem.hint ?? '',
      status: problem.status ?? 0,
    }
  }
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) {
    return { kind: '', title: 'No answer', detail: 'The server cannot be reached.', hint: 'Is payment-analysis still running?', status: 0 }
  }
  return { kind: '', title: 'Unexpected', detail: error instanceof Error ? error.message : String(error), hint: '', status: 0 }
}
