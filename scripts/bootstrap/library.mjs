// The TensorFlow library in the cache: engines/<variant>-<version>-<platform>-<arch>/ with lib/, include/, for CUDA also
// nvidia/, and engine.json, which lists every file with its size.

import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publish } from './cache.mjs'
import { step } from './say.mjs'
import { requireSpace } from './tools.mjs'
import { downloadWheel, unpackWheel } from './wheel.mjs'

/**
 * @typedef {import('./wheels.mjs').EngineSource} EngineSource
 *
 * @typedef {object} LibraryRecord
 * @property {string} variant
 * @property {string} tensorflowVersion
 * @property {Record<string, string>} sha256 of each wheel it was made from
 * @property {Record<string, number>} files their sizes
 */

/**
 * @param {string} cache
 * @param {EngineSource} source
 */
export function libraryFolder(cache, { variant, tensorflowVersion, platform, arch }) {
  return join(cache, 'engines', `${variant}-${tensorflowVersion}-${platform}-${arch}`)
}

/**
 * @param {string} folder
 * @returns {boolean} whether everything that was unpacked is still there at its full size
 */
export function libraryIsWhole(folder) {
  try {
    /** @type {LibraryRecord} */
    const record = JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))
    return Object.entries(record.files).every(([file, size]) => statSync(join(folder, file)).size === size)
  } catch {
    return false
  }
}

/**
 * @param {string} room
 * @param {string} cache
 * @param {EngineSource} source
 */
export async function installLibrary(room, cache, source) {
  const place = libraryFolder(cache, source)
  const what = `TensorFlow ${source.tensorflowVersion} (${source.variant}) from PyPI`
  step('engine', `downloading ${what}, ${source.size}; it is kept in ${cache} for every clone of this user`)
  await requireSpace(room, source.diskMegabytes)

  const draft = join(room, 'library')
  for (const wheel of source.wheels) {
    const file = await downloadWheel(wheel, join(room, 'download'))
    step('engine', `unpacking ${wheel.file}`)
    await unpackWheel(file, draft)
    // At once rather than at the end: the CUDA wheels would otherwise take their room twice.
    rmSync(file)
  }
  nameForLinker(draft)

  /** @type {LibraryRecord} */
  const record = {
    variant: source.variant,
    tensorflowVersion: source.tensorflowVersion,
    sha256: Object.fromEntries(source.wheels.map((wheel) => [wheel.file, wheel.sha256])),
    files: filesBelow(draft),
  }
  writeFileSync(join(draft, 'engine.json'), JSON.stringify(record, null, 1))
  publish(room, draft, place)
}

/**
 * The binding is linked with -ltensorflow and -ltensorflow_framework, and at run time asks for the names with version.
 * @param {string} folder
 */
function nameForLinker(folder) {
  mkdirSync(join(folder, 'lib'), { recursive: true })
  symlinkSync('libtensorflow_cc.so.2', join(folder, 'lib', 'libtensorflow.so'))
  symlinkSync('libtensorflow_framework.so.2', join(folder, 'lib', 'libtensorflow_framework.so'))
}

/**
 * @param {string} folder
 * @param {string} [below]
 * @returns {Record<string, number>}
 */
function filesBelow(folder, below = '') {
  /** @type {Record<string, number>} */
  const files = {}
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name
    if (entry.isDirectory()) Object.assign(files, filesBelow(folder, path))
    else files[path] = statSync(join(folder, path)).size
  }
  return files
}
