import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../../../docs/schemas/openapi.json',
  output: { path: process.env.CLIENT_OUT ?? 'src/api/generated' },
  plugins: [{ name: '@hey-api/client-fetch', baseUrl: false }, '@tanstack/react-query'],
})
