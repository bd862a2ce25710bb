/** The chat's stream: an event per step, then the whole run. */

export type Step = { agent: string; tool: string; why: string; rows: number; error: string }

/** Ask, hear each step, and give the id of the run; a problem on the way is thrown. */
export async function listen(question: string, scope: Record<string, unknown>, hear: (step: Step) => void): Promise<string> {
  const parameters = new URLSearchParams(Object.entries(scope).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, String(value)]])))
  const response = await fetch(`/api/agents/chat?${parameters}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question }),
  })
  if (!response.ok || !response.body) throw await response.json()
  return await rest(response.body.pipeThrough(new TextDecoderStream()).getReader(), '', hear)
}

async function rest(reader: ReadableStreamDefaultReader<string>, before: string, hear: (step: Step) => void): Promise<string> {
  const { done, value } = await reader.read()
  const parts = (before + (value ?? '')).split('\n\n')
  const waiting = parts.pop() ?? ''
  for (const part of parts) {
    const [name, data] = part.split('\ndata: ')
    const told = JSON.parse(data ?? 'null')
    if (name === 'event: step') hear(told as Step)
    if (name === 'event: run') return (told as { id: string }).id
    if (name === 'event: problem') throw { title: 'The agents could not answer', detail: told.message, hint: told.hint }
  }
  if (done) throw { title: 'The answer broke off', detail: 'The connection was closed before the run was done.', hint: 'Ask again.' }
  return await rest(reader, waiting, hear)
}
