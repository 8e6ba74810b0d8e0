import { join, resolve } from 'node:path'
import { createApp, type App } from '../app/create-app.js'
import { defaultPaths } from '../app/paths.js'
import { readVersions } from '../app/versions.js'
import { killByPid, launchEngine, type EngineLauncher } from './launch-engine.js'

export interface DesktopAppOptions {
  readonly packageRoot: string
  readonly workspace: string
  readonly fork: EngineLauncher['fork']
  /** The path of a file that the user has chosen, by the id of its grant. */
  readonly openGrant: (id: string) => string
  readonly log: (error: unknown) => string
}

/** The application as the desktop uses it: its engine is a utility process. */
export function openDesktopApp({ packageRoot, workspace, fork, openGrant, log }: DesktopAppOptions): App {
  const paths = defaultPaths(packageRoot, workspace)
  const { engineEntry, installationFile, datasetCache, inspectionCache } = paths
  return createApp({
    paths,
    launchEngine: () =>
      launchEngine({ fork, killByPid }, engineEntry, { installationFile, datasetCache, inspectionCache }),
    openGrant,
    versions: readVersions(packageRoot),
    now: () => new Date(),
    log,
  })
}

export interface WorkspaceHints {
  /** `--workspace=<folder>`, empty if it was not given. */
  readonly asked: string
  readonly environment: NodeJS.ProcessEnv
  readonly isPackaged: boolean
  readonly packageRoot: string
  readonly documents: string
}

/** In a clone, the folder that the command line uses as well; once installed, one of the user's documents. */
export function chooseWorkspace({ asked, environment, isPackaged, packageRoot, documents }: WorkspaceHints): string {
  const named = asked || environment['UNBACKDOOR_WORKSPACE']
  if (named) return resolve(named)
  return isPackaged ? join(documents, 'Unbackdoor') : join(packageRoot, 'workspace')
}
