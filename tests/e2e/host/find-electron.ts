import { join } from 'node:path'
import { findPresentWindow } from '../../../scripts/bootstrap/window.mjs'

export const packageRoot = join(import.meta.dirname, '..', '..', '..')

/**
 * The Electron binary, or why the tests of the window are left out. Never loads the package of Electron, which would
 * begin a download. Throws where it was asked for and is not there: a test that is wanted must not vanish.
 */
export function findElectron(env: NodeJS.ProcessEnv = process.env): { binary: string } | { reason: string } {
  const { platform } = process
  const isRoot = platform === 'linux' && process.getuid?.() === 0
  const found = findPresentWindow({ root: packageRoot, platform, env, isRoot })
  if ('binary' in found) return found
  const reason = `there is no window to test: ${found.reason}`
  if (env['REQUIRE_ELECTRON'] === '1') throw new Error(`REQUIRE_ELECTRON is set, but ${reason}`)
  if (env['ELECTRON_OVERRIDE_DIST_PATH'] && found.reason.includes('ELECTRON_OVERRIDE_DIST_PATH'))
    throw new Error(reason)
  return { reason }
}
