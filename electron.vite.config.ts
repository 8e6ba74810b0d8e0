import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => resolve(import.meta.dirname, path)

/** Entries are leaves: nobody imports them. Each becomes `out/main/<name>.js`. */
const entries = {
  desktop: at('src-main/desktop/main.ts'),
  engine: at('src-main/engine/entry.ts'),
  serve: at('src-main/serve/main.ts'),
  cli: at('src-main/cli/main.ts'),
  bench: at('src-main/engine/bench/main.ts'),
}

export default defineConfig({
  main: {
    build: { outDir: 'out/main', rollupOptions: { input: entries } },
  },
  preload: {
    // A sandboxed preload cannot load a second file: one CommonJS file with everything in it.
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: { input: { preload: at('src-main/preload/preload.ts') }, output: { format: 'cjs' } },
    },
  },
  renderer: {
    root: 'src-renderer',
    // Absolute, because a page at /run/<id> must find its assets too.
    base: '/',
    plugins: [vue()],
    build: { outDir: at('out/renderer'), rollupOptions: { input: at('src-renderer/index.html') } },
  },
})
