// Step 3: the native engine, or the reason why there is none. The outcome is written where the app reads it.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addonFile, addonFolder, addonIsBuilt, buildAddon, placeAndTry, placedReport } from './addon.mjs'
import { withRoom } from './cache.mjs'
import { installLibrary, libraryFolder, libraryIsWhole } from './library.mjs'
import { Problem, messageOf, step } from './say.mjs'
import { requireTools } from './tools.mjs'
import { engineSource } from './wheels.mjs'

/**
 * @typedef {import('./arguments.mjs').Variant} Variant
 * @typedef {import('./arguments.mjs').EngineChoice} EngineChoice
 * @typedef {import('./node-runtime.mjs').NodeRuntime} NodeRuntime
 * @typedef {import('./wheels.mjs').EngineSource} EngineSource
 *
 * @typedef {{ platform: string, arch: string, nvidia: boolean }} Machine
 * @typedef {{ variant: 'cpu' | 'gpu', source: EngineSource, reason: string }} Native
 * @typedef {{ variant: 'js', source: null, reason: string }} JavaScript
 *
 * @typedef {object} EngineState
 * @property {Variant} variant
 * @property {string | null} tensorflowVersion
 * @property {string | null} libraryFolder
 * @property {string} reason
 *
 * @typedef {object} EngineJob
 * @property {string} root
 * @property {string} cache
 * @property {NodeRuntime} node
 * @property {EngineChoice} wanted
 * @property {Machine} [machine]
 * @property {typeof engineSource} [sourceOf] where the parts come from
 */

const goingOn =
  'Going on with the JavaScript engine, which does the same work many times slower. ' +
  'The native engine is tried again at the next start.'

/** @returns {Machine} */
function thisMachine() {
  return { platform: process.platform, arch: process.arch, nvidia: existsSync('/proc/driver/nvidia/version') }
}

/**
 * What to try, best first. JavaScript ends the list unless another engine was asked for by name.
 * @param {EngineChoice} wanted
 * @param {Machine} machine
 * @param {typeof engineSource} sourceOf
 * @returns {(Native | JavaScript)[]}
 */
export function candidates(wanted, { platform, arch, nvidia }, sourceOf) {
  if (wanted === 'js') return [{ variant: 'js', source: null, reason: 'it was asked for' }]
  if (wanted !== 'auto') {
    const source = sourceOf(wanted, platform, arch)
    if (source) return [{ variant: wanted, source, reason: 'it was asked for' }]
    throw new Problem(
      `There is no ${wanted} engine for ${platform}-${arch}.`,
      'Start again with --engine auto, or with --engine js, which runs everywhere but slowly.',
    )
  }
  const gpu = nvidia ? sourceOf('gpu', platform, arch) : null
  const cpu = sourceOf('cpu', platform, arch)
  const whyCpu = nvidia ? 'the GPU engine could not be had' : 'no NVIDIA driver was found'
  return [
    ...(gpu ? [/** @type {Native} */ ({ variant: 'gpu', source: gpu, reason: 'an NVIDIA driver was found' })] : []),
    ...(cpu ? [/** @type {Native} */ ({ variant: 'cpu', source: cpu, reason: whyCpu })] : []),
    { variant: 'js', source: null, reason: `there is no native engine for ${platform}-${arch}` },
  ]
}

/**
 * The engine as it is, when the first choice is in place; null when there is something to do.
 * @param {EngineJob} job
 * @returns {EngineState | null}
 */
export function readyEngine({ root, cache, wanted, machine = thisMachine(), sourceOf = engineSource }) {
  const [first] = candidates(wanted, machine, sourceOf)
  const written = readState(root)
  if (!first || written?.variant !== first.variant || !written.reason.startsWith(first.reason)) return null
  if (!first.source) return written
  const library = libraryFolder(cache, first.source)
  const placed = placedReport(root, { addon: addonFolder(cache, root, first.source), library })
  const isShared = existsSync(sharedStateFile(cache))
  return placed && isShared && written.libraryFolder === join(library, 'lib') && libraryIsWhole(library)
    ? written
    : null
}

/**
 * @param {EngineJob} job
 * @returns {Promise<EngineState>}
 */
export async function ensureEngine(job) {
  const ready = readyEngine(job)
  if (ready) return ready
  const { root, cache, wanted, machine = thisMachine(), sourceOf = engineSource } = job

  /** @type {string[]} */
  const failures = []
  for (const { variant, source, reason } of candidates(wanted, machine, sourceOf)) {
    if (!source) {
      if (failures.length > 0) step('engine', goingOn)
      return writeState(root, variant, null, null, failures.join(' ') || reason)
    }
    try {
      const { version, gpu } = await installNative(job, source)
      const note = variant === 'gpu' && !gpu ? warnOfNoGpu() : ''
      const reasons = [reason, ...failures, note].filter(Boolean).join('. ')
      const state = writeState(root, variant, version, join(libraryFolder(cache, source), 'lib'), reasons)
      shareState(cache, state, addonFile(addonFolder(cache, root, source)))
      return state
    } catch (error) {
      const { message, remedy } = error instanceof Problem ? error : new Problem(messageOf(error))
      if (wanted !== 'auto')
        throw new Problem(`The ${wanted} engine was asked for and cannot be had. ${message}`, remedy)
      failures.push(message)
      step('engine', `WARNING: the ${variant} engine cannot be had. ${new Problem(message, remedy).text}`)
    }
  }
  throw new Error('the list of engines has no end')
}

function warnOfNoGpu() {
  const note = 'TensorFlow sees no usable GPU, so this engine computes on the processor'
  step('engine', `WARNING: ${note}. Is the driver recent enough for CUDA 12.5, and the GPU visible (nvidia-smi)?`)
  return note
}

/**
 * @param {EngineJob} job
 * @param {EngineSource} source
 * @returns {Promise<import('./addon.mjs').Report>}
 */
async function installNative({ root, cache, node }, source) {
  const library = libraryFolder(cache, source)
  const addon = addonFolder(cache, root, source)
  if (!libraryIsWhole(library) || !addonIsBuilt(addon)) {
    await requireTools({ download: !libraryIsWhole(library), compile: !addonIsBuilt(addon) })
    await withRoom(cache, async (room) => {
      // Asked again: another clone may have done it while this one waited.
      if (!libraryIsWhole(library)) await installLibrary(room, cache, source)
      if (!addonIsBuilt(addon)) await buildAddon({ room, root, node, library, place: addon })
    })
  }
  const placement = { addon, library }
  return placedReport(root, placement) ?? placeAndTry(root, node, placement)
}

/** @param {string} root */
const stateFile = (root) => join(root, 'node_modules', '.unbackdoor', 'engine.json')

/** What a packaged program, which has no engine of its own, finds for this user. @param {string} cache */
const sharedStateFile = (cache) => join(cache, 'engine.json')

/**
 * @param {string} cache
 * @param {EngineState} state
 * @param {string} addon
 */
function shareState(cache, state, addon) {
  writeWhole(sharedStateFile(cache), { ...state, addon })
}

/**
 * @param {string} path
 * @param {object} value
 */
function writeWhole(path, value) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.draft`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${path}.draft`, path)
}

/**
 * @param {string} root
 * @returns {EngineState | null}
 */
function readState(root) {
  try {
    return JSON.parse(readFileSync(stateFile(root), 'utf8'))
  } catch {
    return null
  }
}

/**
 * @param {string} root
 * @param {Variant} variant
 * @param {string | null} tensorflowVersion
 * @param {string | null} libraryFolder
 * @param {string} reason
 * @returns {EngineState}
 */
function writeState(root, variant, tensorflowVersion, libraryFolder, reason) {
  const changed = readState(root)?.variant !== variant
  /** @type {EngineState} */
  const state = { variant, tensorflowVersion, libraryFolder, reason }
  writeWhole(stateFile(root), state)
  const what = variant === 'js' ? 'JavaScript' : `TensorFlow ${tensorflowVersion} (${variant})`
  if (changed) step('engine', `now in use: ${what}, because ${reason}`)
  return state
}
