// Step 2: Node 24, which everything after the bootstrap runs under.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Problem, detail } from './say.mjs'

const wantedMajor = 24

/**
 * @typedef {object} NodeRuntime
 * @property {string} binary
 * @property {string} version
 * @property {string | null} root the folder above include/node, where compilers find the headers; null without headers
 */

/**
 * @param {string} root
 * @returns {NodeRuntime}
 */
export function findNode(root) {
  const found = fromPackage(root) ?? fromThisProcess()
  if (!found) {
    throw new Problem(
      `Node ${wantedMajor} is needed. This is Node ${process.versions.node}, and there is no npm package of Node ` +
        `${wantedMajor} for ${process.platform}-${process.arch} in node_modules.`,
      `Install Node ${wantedMajor} and start again; or, if npm was told to leave out optional packages, run\n` +
        '`npm ci --include=optional`.',
    )
  }
  detail('node', `${found.version} in ${found.binary}`)
  return found
}

/**
 * @param {string} root
 * @returns {NodeRuntime | null}
 */
function fromPackage(root) {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const folder = join(root, 'node_modules', `node-${system}-${process.arch}`)
  const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) return null
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Number.parseInt(version) >= wantedMajor ? { binary, version, root: withHeaders(folder) } : null
}

/** @returns {NodeRuntime | null} */
function fromThisProcess() {
  const version = process.versions.node
  if (Number.parseInt(version) < wantedMajor) return null
  return { binary: process.execPath, version, root: withHeaders(dirname(dirname(process.execPath))) }
}

/** @param {string} folder */
function withHeaders(folder) {
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : null
}
