// Finds the browser for the tests of the page. None is downloaded: Debian's own does.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const HINT = 'install Chromium (on Debian: apt-get install chromium) or name one in UNBACKDOOR_CHROMIUM'

/** @returns {{ path: string } | { reason: string }} */
export function findBrowser() {
  const named = process.env.UNBACKDOOR_CHROMIUM
  if (named)
    return existsSync(named) ? { path: named } : { reason: `UNBACKDOOR_CHROMIUM names ${named}, which is not there` }
  const found = lookUp()
  if (found) return { path: found }
  // A machine for tests may be changed; that of a person only by that person.
  if (process.env.CI && process.getuid?.() === 0 && onPath('apt-get')) {
    process.stdout.write('Installing Chromium, because the tests of the page need a browser\n')
    spawnSync('apt-get', ['update'], { stdio: 'ignore' })
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' })
    const installed = lookUp()
    if (installed) return { path: installed }
  }
  return { reason: `there is no browser: ${HINT}` }
}

function lookUp() {
  return NAMES.map(onPath).find(Boolean)
}

/** @param {string} name */
function onPath(name) {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
