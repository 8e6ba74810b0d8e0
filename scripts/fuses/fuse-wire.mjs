// The fuse wire of Electron (docs, "Electron Fuses"): behind a fixed text in the binary come a version, the number of
// fuses, and one letter for each.

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const VERSION = 1

/** In the order of the wire, with what this program ships. */
const WANTED = /** @type {const} */ ([
  ['RunAsNode', 'off'],
  ['EnableCookieEncryption', 'on'],
  ['EnableNodeOptionsEnvironmentVariable', 'off'],
  ['EnableNodeCliInspectArguments', 'off'],
  // Has no effect on Linux, where the package manager's own checks take its place.
  ['EnableEmbeddedAsarIntegrityValidation', 'on'],
  ['OnlyLoadAppFromAsar', 'on'],
  ['LoadBrowserProcessSpecificV8Snapshot', 'off'],
  ['GrantFileProtocolExtraPrivileges', 'off'],
  // Costs speed when it is off, and guards nothing.
  ['WasmTrapHandlers', 'on'],
])

/** @typedef {'on' | 'off' | 'removed' | 'unknown'} FuseState */

/** Letters of the wire: `0`, `1`, `r`. */
const OFF = 0x30
const ON = 0x31
const REMOVED = 0x72
/** @type {Readonly<Record<number, FuseState>>} */
const STATES = { [OFF]: 'off', [ON]: 'on', [REMOVED]: 'removed' }

/**
 * The letters of the wire, shared with the binary; null where there is no wire, or one of another version.
 * @param {Buffer} binary
 * @param {number} [from]
 * @returns {Buffer | null}
 */
function wireOf(binary, from = 0) {
  const at = binary.indexOf(SENTINEL, from, 'latin1')
  if (at === -1) return null
  const start = at + SENTINEL.length
  if (binary[start] !== VERSION) return null
  return binary.subarray(start + 2, start + 2 + (binary[start + 1] ?? 0))
}

/**
 * A copy with every fuse as it has to be. One that was removed, or that nobody has decided about, is left as it is. A
 * universal binary has a wire for each architecture.
 * @param {Buffer} binary
 * @returns {Buffer}
 */
export function flippedFuses(binary) {
  const copy = Buffer.from(binary)
  let wire = wireOf(copy)
  while (wire !== null) {
    for (const [index, [, wanted]] of WANTED.entries()) {
      const state = STATES[wire[index] ?? 0]
      if (state === 'on' || state === 'off') wire[index] = wanted === 'on' ? ON : OFF
    }
    wire = wireOf(copy, wire.byteOffset - copy.byteOffset)
  }
  return copy
}

/**
 * Null where there is no wire, or one of another version.
 * @param {Buffer} binary
 * @returns {Record<string, FuseState> | null}
 */
export function readFuses(binary) {
  const letters = wireOf(binary)
  if (letters === null) return null
  return Object.fromEntries(
    Array.from(letters, (letter, index) => [WANTED[index]?.[0] ?? `Fuse ${index}`, STATES[letter] ?? 'unknown']),
  )
}

/**
 * A fuse that this list does not know is wrong, too: somebody has to decide about it.
 * @param {Readonly<Record<string, FuseState>>} fuses
 * @returns {string[]} one sentence each
 */
export function wrongFuses(fuses) {
  const known = new Map(WANTED.map(([name, wanted]) => [/** @type {string} */ (name), wanted]))
  const undecided = Object.keys(fuses)
    .filter((name) => !known.has(name))
    .map((name) => `${name} is a fuse that nobody has decided about`)
  const wrong = WANTED.filter(([name, wanted]) => fuses[name] !== wanted).map(
    ([name, wanted]) => `${name} is ${fuses[name] ?? 'missing'}, and has to be ${wanted}`,
  )
  return [...wrong, ...undecided]
}
