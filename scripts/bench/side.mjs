import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Problem } from '../bootstrap/say.mjs'

/**
 * One of the two programs that are measured: answers one request at a time and computes nothing in between.
 * @typedef {{ ask: (request: object) => Promise<any>, end: () => Promise<any> }} Side
 */

/** Of what it says on standard error, so much is kept for the case that it fails. */
const KEPT_WORDS = 4000

/**
 * @param {string} name for messages
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {Side}
 */
export function startSide(name, command, args, env) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  let words = ''
  child.stderr.on('data', (chunk) => (words = (words + String(chunk)).slice(-KEPT_WORDS)))
  /** @type {Promise<never>} */
  const gone = new Promise((_, reject) => {
    child.once('error', (error) => reject(new Problem(`${name} could not be started: ${error.message}`)))
    child.once('close', (code, signal) => {
      process.removeListener('exit', stop)
      reject(new Problem(`${name} ended with ${signal ?? `exit code ${code}`}.`, words.trim()))
    })
  })
  gone.catch(() => {})
  // What was written to a process that is gone is told by `gone`.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  /** @param {object} request */
  const ask = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await Promise.race([lines.next(), gone])
    if (done) return gone
    const answer = JSON.parse(value)
    if ('error' in answer) {
      stop()
      throw new Problem(`${name} failed: ${answer.error}`, words.trim())
    }
    return answer
  }
  return {
    ask,
    async end() {
      const answer = await ask({ do: 'end' })
      await gone.catch(() => {})
      return answer
    },
  }
}
