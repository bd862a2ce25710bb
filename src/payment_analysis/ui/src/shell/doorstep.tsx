/** For a browser nobody signed in yet: how to come in. */
export function Doorstep() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-3 px-6">
      <img src="/favicon.svg" alt="" width={36} height={36} />
      <h1 className="text-xl font-semibold tracking-tight">Open the sign-in link</h1>
      <p className="text-ink-2">
        <code className="rounded border bg-card px-1.5 py-0.5 font-mono text-xs">payment-analysis up</code> and{' '}
        <code className="rounded border bg-card px-1.5 py-0.5 font-mono text-xs">payment-analysis serve</code> print a link when they start. It signs this
        browser in once. Administrators make links for others.
      </p>
    </main>
  )
}
