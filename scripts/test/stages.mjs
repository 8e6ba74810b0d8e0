// The checks that are not tests in the narrow sense. Each counts as one test.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from '../bootstrap/build.mjs'
import { withLock } from '../bootstrap/lock.mjs'
import { findNode } from '../bootstrap/node-runtime.mjs'
import { Problem } from '../bootstrap/say.mjs'

/** @typedef {{ key: string, title: string, run: (root: string) => Promise<boolean> }} Stage */

const sources = ['src-shared', 'src-main', 'src-renderer']

/** @type {readonly Stage[]} */
export const stages = [
  tool('types', 'typescript', 'tsc', ['-p', 'tsconfig.shared.json', '--noEmit']),
  tool('types', 'typescript', 'tsc', ['-p', 'tsconfig.main.json', '--noEmit']),
  tool('types', 'vue-tsc', 'vue-tsc', ['-p', 'tsconfig.renderer.json', '--noEmit']),
  tool('types', 'typescript', 'tsc', ['-p', 'tsconfig.tests.json', '--noEmit']),
  tool('types', 'typescript', 'tsc', ['-p', 'tsconfig.e2e.json', '--noEmit']),
  tool('types', 'typescript', 'tsc', ['-p', 'scripts/tsconfig.json', '--noEmit']),
  tool('lint', 'oxlint', 'oxlint', []),
  tool('boundaries', 'dependency-cruiser', 'depcruise', ['--config', '.dependency-cruiser.cjs', ...sources]),
  tool('format', 'prettier', 'prettier', ['--check', '.']),
  { key: 'build', title: 'build: electron-vite build', run: build },
]

/**
 * @param {string} key
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @returns {Stage}
 */
function tool(key, packageName, command, args) {
  const run = async (/** @type {string} */ root) => (await runTool(root, packageName, command, args)) === 0
  return { key, title: `${key}: ${[command, ...args].join(' ')}`, run }
}

/**
 * Through this very Node rather than the links in node_modules/.bin, which are shell scripts on Windows and would use
 * whatever `node` comes first on PATH elsewhere.
 * @param {string} root
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>} the exit code
 */
export function runTool(root, packageName, command, args, env = {}) {
  const folder = join(root, 'node_modules', packageName)
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const script = typeof bin === 'string' ? bin : (bin[command] ?? command)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, script), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** @param {string} root */
async function build(root) {
  try {
    await withLock(join(root, 'out', '.lock'), 'this clone', () => ensureBuilt(root, findNode(root)))
    return true
  } catch (error) {
    process.stdout.write(`${error instanceof Problem ? error.text : error}\n`)
    return false
  }
}
