import { QueryClient } from '@tanstack/react-query'

import { client } from './generated/client.gen'
import { failureOf } from './problem'

export const REFRESH_MS = 60_000

client.setConfig({ baseUrl: '', credentials: 'same-origin' })

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A wrong question stays wrong; a server that was away for a moment is asked once more.
      retry: (failures, error) => failures < 1 && ![400, 401, 403, 404, 422].includes(failureOf(error).status),
    },
  },
})
