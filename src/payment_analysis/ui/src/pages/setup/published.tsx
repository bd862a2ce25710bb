import { useQuery } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'

import { getSetupChecklistOptions, getSetupConnectionOptions } from '@/api/generated/@tanstack/react-query.gen'

/** Whether a dashboard is published in the workspace, with the way there; nothing on one machine, where it is drawn here. */
export function Published({ id }: { id: string }) {
  const connection = useQuery(getSetupConnectionOptions())
  const isThere = connection.data?.where === 'databricks'
  const { data } = useQuery({ ...getSetupChecklistOptions(), enabled: isThere })
  const found = data?.dashboards.find((one) => one.name === id)
  if (!isThere || !found) return null
  if (!found.url) return <span className="text-xs text-ink-3">Not published in Databricks yet: job 4 does it</span>
  return (
    <a href={found.url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-xs text-accent-ink hover:underline">
      <ExternalLink aria-hidden size={13} /> Published: open in Databricks
    </a>
  )
}
