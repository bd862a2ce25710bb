const LOOKS: Record<string, string> = { critical: 'bg-bad-soft text-bad', high: 'bg-bad-soft text-bad', warning: 'bg-warn-soft text-warn', medium: 'bg-warn-soft text-warn' }

export function Severity({ severity }: { severity: string }) {
  const name = severity.toLowerCase()
  return <span className={`inline-flex h-6 items-center rounded-md px-2 text-xs font-medium ${LOOKS[name] ?? 'bg-page text-ink-2'}`}>{name}</span>
}
