import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link } from '@tanstack/react-router'

import type { ModelOut, TrainingOut } from '@/api/generated'
import { getModelsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { plural } from '@/format/number'
import { moment } from '@/format/time'
import { label } from '@/format/words'
import { Evidence } from '@/pages/models/evidence'
import { figure, measureName } from '@/pages/models/figure'
import { Versions } from '@/pages/models/versions'
import { Card } from '@/parts/card'
import { Page } from '@/parts/page'
import { Empty, Problem, Skeleton } from '@/parts/states'
import { useScope } from '@/scope/use-scope'

export const Route = createFileRoute('/models')({
  validateSearch: (search: Record<string, unknown>): { model?: string | undefined; version?: string | undefined } => ({
    model: typeof search.model === 'string' ? search.model : undefined,
    version: typeof search.version === 'string' ? search.version : undefined,
  }),
  component: Models,
})

function Models() {
  const { data, error, refetch } = useQuery({ ...getModelsOptions(), refetchInterval: (query) => (query.state.data?.training?.is_running ? 2_000 : 15_000) })
  const search = Route.useSearch()
  const chosen = data?.models.find((one) => one.name === search.model) ?? data?.models[0]
  const version = Number(search.version) || chosen?.champion || chosen?.versions[0]?.version
  return (
    <Page title="ML models" question="Can they be trusted? Every figure was measured when the version was trained; none is typed in.">
      {error ? <Problem error={error} retry={() => void refetch()} /> : !data || !chosen ? <Skeleton className="h-96" /> : (
        <>
          {data.training && <Training training={data.training} />}
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
            {data.models.map((model) => (
              <ModelCard key={model.name} model={model} isChosen={model === chosen} />
            ))}
          </div>
          <p className="rounded-xl border bg-card px-4 py-3 text-ink-2">
            <strong className="font-medium text-ink">Why not accuracy?</strong> {data.accuracy_misleads} {claims(data.models)}
          </p>
          <Versions model={chosen} />
          {version === undefined ? null : <Evidence model={chosen.name} version={version} />}
          <p className="text-xs text-ink-3">MLflow reads the registry at {data.registry}.</p>
        </>
      )}
    </Page>
  )
}

/** How far the training beside this page is; nothing once it ended well. */
function Training({ training }: { training: TrainingOut }) {
  const { zone } = useScope()
  if (training.problem) {
    return (
      <p role="alert" className="rounded-xl bg-warn-soft px-4 py-3 text-warn">
        The training of {moment(training.began_at, zone)} ended while {training.doing}: {training.problem}
      </p>
    )
  }
  if (!training.is_running) return null
  const share = Math.round(100 * training.share)
  return (
    <div className="rounded-xl border bg-card px-4 py-3">
      <p className="text-ink-2">
        Training since {moment(training.began_at, zone)}: {training.doing} (<span className="num">{share} %</span>)
      </p>
      <progress aria-label="Training" className="mt-2 h-1.5 w-full accent-accent" max={100} value={share} />
    </div>
  )
}

function ModelCard({ model, isChosen }: { model: ModelOut; isChosen: boolean }) {
  const champion = model.versions.find((one) => one.version === model.champion)
  return (
    <Link to="/models" search={((before: object) => ({ ...before, model: model.name, version: undefined })) as never} aria-current={isChosen} className="rounded-xl focus-visible:outline-2 focus-visible:outline-accent">
      <Card title={label(model.name)} className={`h-full transition-colors hover:border-line-strong ${isChosen ? 'border-accent' : ''}`}>
        <p className="text-ink-2">Says {model.purpose}.</p>
        {champion ? (
          <>
            <p className="num mt-2 text-xl font-semibold tracking-tight">{figure(model.headline_metric, champion.headline)}</p>
            <p className="text-xs text-ink-3">
              {measureName(model.headline_metric)}; {model.baseline_name} {figure(model.headline_metric, champion.baseline)}
            </p>
            <p className="mt-2 text-xs text-ink-3">
              Version {champion.version} answers, of {plural(model.versions.length, 'version')}
            </p>
          </>
        ) : (
          <Empty title="Not trained yet">payment-analysis train, or job 5 on Setup &amp; run. Decisions fall back to rules and say so.</Empty>
        )}
      </Card>
    </Link>
  )
}

/** The documents' figures, only beside the measured ones. */
function claims(models: readonly ModelOut[]): string {
  const said = models.flatMap((model) =>
    model.accuracy === null || model.accuracy_of_always_yes === null
      ? []
      : [`${label(model.name)}: measured ${figure('accuracy', model.accuracy)}, the usual answer alone ${figure('accuracy', model.accuracy_of_always_yes)}, the documents claim ${figure('accuracy', model.accuracy_claimed)}.`],
  )
  return said.join(' ')
}
