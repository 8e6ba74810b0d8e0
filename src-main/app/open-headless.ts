import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { forkEngine } from './fork-engine.js'
import { createApp, type App } from './create-app.js'
import { defaultPaths } from './paths.js'
import { readVersions } from './versions.js'

export interface HeadlessOptions {
  /** The folder of the calling entry, somewhere inside the package. */
  readonly startFolder: string
  readonly workspace: string
  /** Threads of the engine; null leaves it to TensorFlow, which takes all cores. */
  readonly threads: number | null
  /** The path that the user has opened to this shell under an id. Left out where a shell can open none. */
  readonly openGrant?: (id: string) => string
}

/** The application without a window, its engine a forked Node process: what the command line and served mode use. */
export function openHeadless({ startFolder, workspace, threads, openGrant }: HeadlessOptions): App {
  const packageRoot = findPackageRoot(startFolder)
  const paths = defaultPaths(packageRoot, workspace)
  const { engineEntry, installationFile, datasetCache, inspectionCache } = paths
  return createApp({
    paths,
    launchEngine: () => forkEngine(engineEntry, { installationFile, datasetCache, inspectionCache }, threads),
    versions: readVersions(packageRoot),
    ...(openGrant === undefined ? {} : { openGrant }),
    now: () => new Date(),
    log(error) {
      const id = randomBytes(4).toString('hex')
      console.error(`[${id}]`, error)
      return id
    },
  })
}

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`No package.json above ${start}`)
  }
}
