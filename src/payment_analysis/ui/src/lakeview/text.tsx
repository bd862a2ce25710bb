/** A text of a dashboard: headings and paragraphs, which is all the Markdown these files use. */
export function Text({ lines, title }: { lines: readonly string[]; title: string }) {
  const parts = lines
    .join('')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.replace(/^#+\s*/, '') !== title)
  return (
    <div className="flex h-full flex-col justify-end gap-1">
      {parts.map((line) =>
        line.startsWith('#') ? (
          <h2 key={line} className="text-[15px] font-semibold tracking-tight">
            {line.replace(/^#+\s*/, '')}
          </h2>
        ) : (
          <p key={line} className="text-ink-3">
            {line.replaceAll('**', '')}
          </p>
        ),
      )}
    </div>
  )
}
