// From a fresh clone to a running command, in four steps that each do nothing when there is nothing to do.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from './arguments.mjs'
import { ensureBuilt, whyBuild } from './build.mjs'
import { cacheFolder } from './cache.mjs'
import { ensureEngine, readyEngine } from './engine.mjs'
import { exitOnSignals, handOver } from './exec.mjs'
import { withLock } from './lock.mjs'
import { findNode } from './node-runtime.mjs'
import { ensurePackages, whyInstall } from './packages.mjs'
import { Problem, setVerbose, step } from './say.mjs'
import { findWindow } from './window.mjs'

/**
 * @typedef {import('./arguments.mjs').Arguments} Arguments
 * @typedef {import('./node-runtime.mjs').NodeRuntime} NodeRuntime
 */

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string[]} argv */
export async function main(argv) {
  exitOnSignals()
  try {
    const given = readArguments(argv, process.env)
    setVerbose(given.verbose)
    const node = await prepare(projectRoot, given)
    if (given.command === 'setup') return
    if (given.command === 'start') return await start(node, given.forwarded)
    const { script, args } = commandLine(given)
    await handOver(node.binary, [join(projectRoot, script), ...args])
  } catch (error) {
    const text = error instanceof Problem ? error.text : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`unbackdoor: ${text}\n`)
    process.exit(error instanceof Problem ? error.exitCode : 1)
  }
}

/**
 * The desktop window where there can be one, else the page for a browser. `--serve` asks for the page.
 * @param {NodeRuntime} node
 * @param {string[]} forwarded
 */
async function start(node, forwarded) {
  const args = forwarded.filter((argument) => argument !== '--serve')
  if (args.length === forwarded.length) {
    const { platform, env } = process
    const isRoot = platform === 'linux' && process.getuid?.() === 0
    const window = await findWindow({ root: projectRoot, node: node.binary, platform, env, isRoot })
    if ('binary' in window) return handOver(window.binary, [projectRoot, ...args])
    step('window', `serving the page for a browser instead of a window, because ${window.reason}`)
  }
  return handOver(node.binary, [join(projectRoot, 'out', 'main', 'serve.js'), ...args])
}

/**
 * @param {Arguments} given
 * @returns {{ script: string, args: string[] }}
 */
function commandLine({ command, forwarded }) {
  switch (command) {
    case 'demo':
      return { script: 'out/main/cli.js', args: ['run', 'default', ...forwarded] }
    case 'results':
    case 'bench':
    case 'test':
    case 'gallery':
    case 'screenshots':
    case 'faults':
      return { script: `scripts/${command}.mjs`, args: forwarded }
    default:
      return { script: 'out/main/cli.js', args: forwarded }
  }
}

/**
 * @param {string} root
 * @param {Arguments} given
 * @returns {Promise<NodeRuntime>}
 */
async function prepare(root, { command, engine: wanted }) {
  if (command === 'gallery') {
    // Neither engine nor build: it is there to begin at once.
    if (whyInstall(root)) await withLock(join(root, 'out', '.lock'), 'this clone', () => ensurePackages(root))
    return findNode(root)
  }
  const cache = cacheFolder()
  // The tests build the app as one of their stages, so that a broken build is one failed test among others.
  const builds = command !== 'test'
  if (!whyInstall(root)) {
    const node = findNode(root)
    if (readyEngine({ root, cache, node, wanted }) && !(builds && whyBuild(root))) return node
  }
  return withLock(join(root, 'out', '.lock'), 'this clone', async () => {
    await ensurePackages(root)
    const node = findNode(root)
    await ensureEngine({ root, cache, node, wanted })
    if (builds) await ensureBuilt(root, node)
    return node
  })
}
