// Sets the fuses of the packaged Electron binary, before it is signed.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flippedFuses, readFuses, wrongFuses } from '../scripts/fuses/fuse-wire.mjs'

/**
 * @typedef {object} PackContext what electron-builder hands to its hook `afterPack`
 * @property {string} appOutDir
 * @property {string} electronPlatformName
 * @property {{ appInfo: { productFilename: string }, executableName?: string }} packager
 */

/** @param {PackContext} context */
export default async function flipFuses({ appOutDir, electronPlatformName, packager }) {
  const { productFilename } = packager.appInfo
  const binary = {
    // The fuses of a bundle lie in the framework, which every process of it loads.
    darwin: `${productFilename}.app/Contents/Frameworks/Electron Framework.framework/Electron Framework`,
    win32: `${productFilename}.exe`,
    linux: packager.executableName ?? productFilename,
  }[electronPlatformName]
  if (binary === undefined) throw new Error(`Nobody has decided where the fuses lie on ${electronPlatformName}`)
  const path = join(appOutDir, binary)
  const flipped = flippedFuses(await readFile(path))
  const wrong = wrongFuses(readFuses(flipped) ?? {})
  if (wrong.length > 0) throw new Error(`The fuses of ${path} cannot be set: ${wrong.join('; ')}`)
  await writeFile(path, flipped)
}
