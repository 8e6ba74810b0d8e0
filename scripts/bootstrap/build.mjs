// Step 4: the app, built from the sources as they are now.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './exec.mjs'
import { Problem, step } from './say.mjs'

/** @typedef {import('./node-runtime.mjs').NodeRuntime} NodeRuntime */

/** @param {string} root */
const stampFile = (root) => join(root, 'out', '.built')
const entries = ['cli', 'serve', 'engine', 'desktop', 'bench'].map((name) => join('out', 'main', `${name}.js`))

/**
 * @param {string} root
 * @returns {string | null} why the app has to be built, null when it need not be
 */
export function whyBuild(root) {
  const missing = entries.find((entry) => !existsSync(join(root, entry)))
  if (missing) return `${missing} is missing`
  const stamp = existsSync(stampFile(root)) ? readFileSync(stampFile(root), 'utf8') : ''
  return stamp === sourceStamp(root) ? null : 'the sources have changed'
}

/**
 * @param {string} root
 * @param {NodeRuntime} node
 */
export async function ensureBuilt(root, node) {
  const reason = whyBuild(root)
  if (!reason) return
  step('build', `building the app, because ${reason}`)
  // Taken before the build: a file saved while it runs has to count as changed afterwards.
  const stamp = sourceStamp(root)
  rmSync(stampFile(root), { force: true })
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const result = await run(node.binary, [tool, 'build'], { cwd: root })
  if (result.code !== 0) {
    process.stderr.write(result.stdout + result.stderr)
    throw new Problem('The app could not be built. What the build tool said stands above.')
  }
  const missing = entries.find((entry) => !existsSync(join(root, entry)))
  if (missing) throw new Problem(`The build ended well but did not make ${missing}.`)
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stampFile(root), stamp)
}

/**
 * Names, sizes and times tell a change as surely as contents do here, and are read in a moment.
 * @param {string} root
 */
function sourceStamp(root) {
  const sources = readdirSync(root).filter((name) => name.startsWith('src-'))
  const others = ['resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json']
  const hash = createHash('sha256')
  for (const name of [...sources, ...others].toSorted()) addToStamp(hash, root, name)
  return hash.digest('hex')
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} path
 */
function addToStamp(hash, root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (!found) return
  if (!found.isDirectory()) {
    hash.update(`${path}\0${found.size}\0${found.mtimeMs}\n`)
    return
  }
  for (const name of readdirSync(join(root, path)).toSorted()) addToStamp(hash, root, join(path, name))
}
