import { createFileRoute } from '@tanstack/react-router'

import { Checklist } from '@/pages/setup/checklist'
import { ConnectionCard } from '@/pages/setup/connection'
import { Jobs } from '@/pages/setup/jobs'
import { Pipelines } from '@/pages/setup/pipelines'
import { PlaceForm } from '@/pages/setup/place'
import { Page } from '@/parts/page'

export const Route = createFileRoute('/setup')({ component: Setup })

function Setup() {
  return (
    <Page title="Setup & Run" question="Is everything there, and what has to run next?">
      <div className="grid gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Jobs />
        <div className="flex min-w-0 flex-col gap-3">
          <ConnectionCard />
          <PlaceForm />
          <Pipelines />
        </div>
      </div>
      <Checklist />
    </Page>
  )
}
