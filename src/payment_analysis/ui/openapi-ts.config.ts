import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../../../docs/schemas/openapi.json',
  output: { path: process.env.CLIENT_OUT ?? 'src/api/generated' },
  // A page listens to the live feed and to a run with the browser's own EventSource, which comes back by itself.
  parser: { filters: { operations: { exclude: ['GET /api/live/events', 'GET /api/setup/runs/{run_id}/log'] } } },
  plugins: [{ name: '@hey-api/client-fetch', baseUrl: false }, '@tanstack/react-query'],
})
