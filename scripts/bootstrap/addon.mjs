// The binding between Node and TensorFlow: compiled once per user and version, then put into this clone.

import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publish } from './cache.mjs'
import { run } from './exec.mjs'
import { Problem, detail, step } from './say.mjs'

/**
 * @typedef {import('./wheels.mjs').EngineSource} EngineSource
 * @typedef {import('./node-runtime.mjs').NodeRuntime} NodeRuntime
 * @typedef {{ addon: string, library: string }} Placement
 * @typedef {{ version: string, gpu: boolean }} Report what TensorFlow said when it was tried
 */

// Node-API version 8 is the newest that the binding's loader looks for; Node 24 and Electron both provide it.
const nodeApi = 8
const file = join('lib', `napi-v${nodeApi}`, 'tfjs_binding.node')

/** @param {string} root */
const packageFolder = (root) => join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
/** @param {string} root */
const placementFile = (root) => join(root, 'node_modules', '.unbackdoor', 'addon.json')
/** @param {string} root */
const placedAddon = (root) => join(packageFolder(root), file)

/**
 * @param {string} cache
 * @param {string} root
 * @param {EngineSource} source
 */
export function addonFolder(cache, root, source) {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(packageFolder(root), 'package.json'), 'utf8'))
  const key = [version, source.tensorflowVersion, source.variant, `napi${nodeApi}`, source.arch].join('-')
  return join(cache, 'addons', key)
}

/**
 * The addon looks for its library in ../../deps/lib as seen from its own folder, so both lie in the cache together.
 * @param {string} folder
 */
export function addonIsBuilt(folder) {
  return existsSync(join(folder, file))
}

/**
 * The binding itself, which Node loads.
 * @param {string} folder
 */
export const addonFile = (folder) => join(folder, file)

/**
 * @param {{ room: string, root: string, node: NodeRuntime, library: string, place: string }} job
 */
export async function buildAddon({ room, root, node, library, place }) {
  step('engine', 'compiling the TensorFlow binding for Node, about ten seconds, once per user')
  // make cannot cope with blanks in paths, so nothing but this folder may show up in its files: the rest is linked in.
  const site = mkdtempSync(join(/\s/.test(room) ? tmpdir() : room, 'addon-'))
  try {
    const from = packageFolder(root)
    for (const part of ['binding.gyp', 'binding', 'package.json'])
      cpSync(join(from, part), join(site, part), { recursive: true })
    symlinkSync(library, join(site, 'deps'))
    if (node.root) symlinkSync(node.root, join(site, 'node'))
    const result = await run(
      node.binary,
      [
        join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
        'rebuild',
        ...(node.root ? [`--nodedir=${join(site, 'node')}`] : []),
        '--',
        '-Dmodule_name=tfjs_binding',
        `-Dmodule_path=${join(site, dirname(file))}`,
        `-Dnapi_build_version=${nodeApi}`,
      ],
      { cwd: site },
    )
    detail('engine', result.stdout + result.stderr)
    const built = join(site, file)
    if (result.code !== 0 || !existsSync(built)) throw whyFailed(result.stderr)
    const draft = join(room, 'addon')
    mkdirSync(join(draft, dirname(file)), { recursive: true })
    copyFileSync(built, join(draft, file))
    symlinkSync(relative(place, library), join(draft, 'deps'))
    publish(room, draft, place)
  } finally {
    rmSync(site, { recursive: true, force: true })
  }
}

/** @param {string} stderr */
function whyFailed(stderr) {
  const errors = stderr.split('\n').filter((line) => /error|not found/i.test(line) && !/^gyp (verb|info)/.test(line))
  return new Problem(
    `The TensorFlow binding could not be compiled: ${errors[0]?.trim() ?? 'the compiler gave no reason'}`,
    'A C++17 compiler (g++ 9 or newer) and make are needed. Start again with --verbose to see the whole output.',
  )
}

/**
 * @param {string} root
 * @param {Placement} wanted
 * @returns {Report | null} null unless this clone uses this addon with this library, and it was seen to work
 */
export function placedReport(root, wanted) {
  try {
    /** @type {Placement & Report} */
    const placed = JSON.parse(readFileSync(placementFile(root), 'utf8'))
    const same = placed.addon === wanted.addon && placed.library === wanted.library
    const linked = readlinkSync(placedAddon(root)) === join(wanted.addon, file)
    return same && linked && existsSync(placedAddon(root)) ? placed : null
  } catch {
    return null
  }
}

/**
 * @param {string} root
 * @param {NodeRuntime} node
 * @param {Placement} placement
 * @returns {Promise<Report>}
 */
export async function placeAndTry(root, node, placement) {
  step('engine', 'putting the binding into this clone and trying it')
  rmSync(placementFile(root), { force: true })
  // Node loads an addon by its real path. So what it loads later is looked for in the cache as well, and a program that
  // runs is not disturbed when another start puts another engine here.
  const target = placedAddon(root)
  mkdirSync(dirname(target), { recursive: true })
  rmSync(`${target}.draft`, { force: true })
  symlinkSync(join(placement.addon, file), `${target}.draft`)
  renameSync(`${target}.draft`, target)

  const report = await smokeTest(root, node)
  mkdirSync(dirname(placementFile(root)), { recursive: true })
  writeFileSync(placementFile(root), JSON.stringify({ ...placement, ...report }))
  return report
}

/**
 * @param {string} root
 * @param {NodeRuntime} node
 * @returns {Promise<Report>}
 */
async function smokeTest(root, node) {
  const script = fileURLToPath(new URL('smoke.mjs', import.meta.url))
  const env = { TF_CPP_MIN_LOG_LEVEL: '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' }
  const result = await run(node.binary, [script, root], { env, timeout: 180_000 })
  if (result.code === 0) return JSON.parse(result.stdout)
  const reason = /^\w*Error:.*/m.exec(result.stderr)?.[0]
  throw new Problem(
    `TensorFlow was installed but does not work here: ${reason ?? `it ended with ${result.signal ?? result.code}`}`,
    'Delete the folders engines and addons in the cache and start again. If it stays so, --engine js does without it.',
  )
}
