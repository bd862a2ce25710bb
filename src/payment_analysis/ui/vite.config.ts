import { fileURLToPath } from 'node:url'

import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Where `payment-analysis serve` listens while the pages are worked on with `npm run dev`.
const SERVER = process.env.PAYMENT_ANALYSIS_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [tanstackRouter({ target: 'react', autoCodeSplitting: true }), react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': SERVER, '/docs': SERVER, '/openapi.json': SERVER } },
  build: {
    outDir: '../__dist__',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    chunkSizeWarningLimit: 900, // the chart library, loaded when a chart is seen
    reportCompressedSize: false,
  },
})
