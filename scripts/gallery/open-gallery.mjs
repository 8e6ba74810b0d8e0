// Serves the gallery to a browser on this machine.

import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { build, createServer, preview } from 'vite'

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const HOST = '127.0.0.1'
const PAGES = ['src-renderer/gallery/index.html', 'src-renderer/gallery/workbench.html']

/**
 * @param {{ port: number, isBuilt: boolean }} options port 0 takes a free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function openGallery({ port, isBuilt }) {
  /** @type {import('vite').InlineConfig} */
  const config = {
    configFile: false,
    root: at('src-renderer'),
    plugins: [vue()],
    logLevel: 'warn',
    // What is not known beforehand is found in the middle, and then the page is loaded anew.
    optimizeDeps: { entries: PAGES.map(at) },
    server: { host: HOST, port, strictPort: port !== 0 },
    preview: { host: HOST, port, strictPort: port !== 0 },
    build: {
      outDir: at('out/gallery'),
      emptyOutDir: true,
      chunkSizeWarningLimit: 4096,
      rollupOptions: { input: PAGES.map(at) },
    },
  }
  if (isBuilt) {
    await build(config)
    const server = await preview(config)
    return { url: urlOf(server.resolvedUrls), close: () => server.close() }
  }
  const server = await createServer(config)
  await server.listen()
  return { url: urlOf(server.resolvedUrls), close: () => server.close() }
}

/** @param {import('vite').ResolvedServerUrls | null} urls */
function urlOf(urls) {
  return `${urls?.local[0] ?? ''}gallery/`
}
