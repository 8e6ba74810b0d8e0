// How the bootstrap speaks: always on stderr, one line a step, errors with what to do about them.

let verbose = false

/** @param {boolean} value */
export function setVerbose(value) {
  verbose = value
}

/**
 * A step that takes time or changes something, with the reason for it.
 * @param {string} topic
 * @param {string} text
 */
export function step(topic, text) {
  process.stderr.write(`unbackdoor: ${topic}: ${text}\n`)
}

/**
 * Something of interest only to a person who is looking for a fault.
 * @param {string} topic
 * @param {string} text
 */
export function detail(topic, text) {
  if (verbose) step(topic, text)
}

/** An error for people: what was wrong, and what to do about it. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   * @param {number} [exitCode]
   */
  constructor(message, remedy = '', exitCode = 1) {
    super(message)
    this.remedy = remedy
    this.exitCode = exitCode
  }

  /** The message and the remedy, the remedy indented under it. */
  get text() {
    return this.remedy ? `${this.message}\n  ${this.remedy.replaceAll('\n', '\n  ')}` : this.message
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}
