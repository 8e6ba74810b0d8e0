// Step 1: node_modules holds exactly what package-lock.json says.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './exec.mjs'
import { Problem, detail, step } from './say.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.unbackdoor', 'packages.json')

/**
 * @param {string} root
 * @returns {string | null} why the packages have to be installed, null when they need not be
 */
export function whyInstall(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing'
  const hash = lockHash(root)
  if (readJson(stampFile(root))?.sha256 === hash) return null
  if (!agrees(root)) return 'node_modules does not match package-lock.json'
  detail('packages', 'installed by hand and complete')
  writeStamp(root, hash)
  return null
}

/** @param {string} root */
export async function ensurePackages(root) {
  const reason = whyInstall(root)
  if (!reason) return
  step('packages', `installing with npm ci, because ${reason}`)
  const hash = lockHash(root)
  // Install scripts stay off: two of the packages would download large files from the network that are not used here.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']
  const { command, first } = npm()
  const result = await run(command, [...first, 'ci', ...flags, ...patience], { cwd: root })
  if (result.code !== 0) throw whyFailed(result.stderr, result.code)
  writeStamp(root, hash)
}

/** @returns {{ command: string, first: string[] }} */
function npm() {
  // Under `npm run` this is the very npm the person used; a plain `node scripts/run.mjs` finds one on PATH.
  const script = process.env.npm_execpath
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, first: [script] }
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', first: [] }
}

/**
 * @param {string} stderr
 * @param {number | null} code
 */
function whyFailed(stderr, code) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|network/i.test(stderr)) {
    return new Problem(
      'The packages could not be installed: npm did not reach its registry.',
      'Check the network connection, the proxy (npm config get proxy) and the registry (npm config get registry);\n' +
        'then start again. `npm ci` shows the same error on its own.',
    )
  }
  // After the reason npm prints all the options it knows.
  const [reason = ''] = stderr.split(/^npm error Clean install a project/m)
  process.stderr.write(reason)
  return new Problem(
    `The packages could not be installed: npm ci ended with exit code ${code}. What npm said stands above.`,
    'If package.json was changed, run `npm install` to bring package-lock.json up to date; then start again.',
  )
}

/**
 * npm leaves its own record of what it installed. Packages for other platforms are rightly missing in it.
 * @param {string} root
 */
function agrees(root) {
  /** @type {Lock | null} */
  const wanted = readJson(join(root, 'package-lock.json'))
  /** @type {Lock | null} */
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))
  if (!wanted?.packages || !found?.packages) return false
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '') continue
    const installed = found.packages[path]
    if (!installed) {
      if (entry.optional || entry.devOptional) continue
      return false
    }
    if (installed.version !== entry.version || installed.integrity !== entry.integrity) return false
  }
  return Object.keys(found.packages).every((path) => path in wanted.packages)
}

/** @param {string} root */
function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/**
 * @param {string} root
 * @param {string} sha256
 */
function writeStamp(root, sha256) {
  mkdirSync(dirname(stampFile(root)), { recursive: true })
  writeFileSync(stampFile(root), JSON.stringify({ sha256 }))
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
