// Whether `npm start` opens the desktop window or serves the page, and why.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './exec.mjs'
import { step } from './say.mjs'

const DOWNLOAD_MS = 10 * 60 * 1000

/**
 * @typedef {object} Surroundings
 * @property {string} root
 * @property {string} node the Node that runs helpers
 * @property {NodeJS.Platform} platform
 * @property {Record<string, string | undefined>} env
 * @property {boolean} isRoot
 *
 * @typedef {{ binary: string } | { reason: string }} Window the Electron binary to open, or why there is no window
 */

/**
 * Looks for reasons against a window before anything is downloaded for one.
 * @param {Surroundings} around
 * @returns {Promise<Window>}
 */
export async function findWindow({ root, node, platform, env, isRoot }) {
  const present = findPresentWindow({ root, platform, env, isRoot })
  if ('binary' in present) return present
  if (!present.isDownloadable) return { reason: present.reason }

  step('window', 'downloading the binary of Electron, because the desktop window needs it (about 110 MB)')
  const install = join(root, 'node_modules', 'electron', 'install.js')
  const { code, stderr } = await run(node, [install], { cwd: root, timeout: DOWNLOAD_MS })
  const binary = electronBinary(root, undefined)
  if (code === 0 && binary) return { binary }
  const first = stderr.trim().split('\n')[0] ?? ''
  return { reason: `the binary of Electron could not be downloaded${first ? ` (${first})` : ''}` }
}

/**
 * The window that can be opened as things are. `isDownloadable`: only the binary is missing.
 * @param {Omit<Surroundings, 'node'>} around
 * @returns {{ binary: string } | { reason: string, isDownloadable: boolean }}
 */
export function findPresentWindow({ root, platform, env, isRoot }) {
  /** @param {string} reason */
  const no = (reason) => ({ reason, isDownloadable: false })
  const own = env.ELECTRON_OVERRIDE_DIST_PATH
  const binary = electronBinary(root, own)
  if (own && !binary) return no(`ELECTRON_OVERRIDE_DIST_PATH names ${own}, where there is no Electron`)
  const noDisplay = platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY
  if (noDisplay) return no('this machine shows no display (neither DISPLAY nor WAYLAND_DISPLAY is set)')
  if (isRoot) return no('Electron keeps its sandbox, and that does not work for root: start as a normal user')
  return binary ? { binary } : { reason: 'the binary of Electron has not been downloaded', isDownloadable: true }
}

/**
 * Looks without loading the package, which would start a download by itself.
 * @param {string} root
 * @param {string | undefined} own a folder that holds another Electron
 * @returns {string | null}
 */
function electronBinary(root, own) {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const binary = own ? join(own, name) : join(folder, 'dist', name)
  return existsSync(binary) ? binary : null
}
