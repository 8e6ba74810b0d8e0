import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

/** Bundles one TypeScript entry for Node into a temporary folder, packages left outside, and returns its path. */
export async function bundleForNode(entry: string, name: string): Promise<string> {
  const outDir = await mkdtemp(join(import.meta.dirname, '..', '..', 'node_modules', '.cache-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: entry, outDir, rollupOptions: { output: { entryFileNames: `${name}.mjs` } } },
  })
  return join(outDir, `${name}.mjs`)
}
