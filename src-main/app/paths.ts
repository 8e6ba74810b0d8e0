import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Every place on disk that the application uses. */
export interface AppPaths {
  /** Holds the runs. */
  readonly workspace: string
  /** The built engine's entry file. */
  readonly engineEntry: string
  /** What the bootstrap wrote of the installed engine. */
  readonly installationFile: string
  /** Converted datasets, shared by all workspaces of a user. */
  readonly datasetCache: string
  /** What was computed of runs, bounded in size. */
  readonly inspectionCache: string
  /** Where `node_modules` is, to look for optional binaries. */
  readonly packageRoot: string
}

/** The per-user cache: $UNBACKDOOR_CACHE, else the platform's own place. The bootstrap looks in the same place. */
export function userCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['UNBACKDOOR_CACHE']
  if (own) return own
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'unbackdoor')
  if (process.platform === 'win32' && environment['LOCALAPPDATA'])
    return join(environment['LOCALAPPDATA'], 'unbackdoor')
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'unbackdoor')
}

/** Address of a folder that holds a folder per dataset with its published files, to fetch them from; else null. */
export function datasetMirror(environment: NodeJS.ProcessEnv = process.env): string | null {
  return environment['UNBACKDOOR_DATASET_MIRROR'] || null
}

/**
 * $UNBACKDOOR_ENGINE_FILE, else that of the clone; a packaged program has none, and takes the engine that a clone has
 * installed for the user.
 */
function installationFile(packageRoot: string): string {
  const named = process.env['UNBACKDOOR_ENGINE_FILE']
  if (named) return named
  const own = join(packageRoot, 'node_modules', '.unbackdoor', 'engine.json')
  return existsSync(own) ? own : join(userCacheFolder(), 'engine.json')
}

/** Paths of a program that was built into `<packageRoot>/out/main`. */
export function defaultPaths(packageRoot: string, workspace: string): AppPaths {
  return {
    workspace,
    packageRoot,
    engineEntry: join(packageRoot, 'out', 'main', 'engine.js'),
    installationFile: installationFile(packageRoot),
    datasetCache: join(userCacheFolder(), 'datasets'),
    inspectionCache: join(userCacheFolder(), 'inspections'),
  }
}
