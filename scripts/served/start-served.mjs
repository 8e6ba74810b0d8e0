// The served application as a process of its own, for scripts and tests that look at it from outside.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Ends a server that does not end by itself. */
const END_AFTER_MS = 5_000

const entry = fileURLToPath(new URL('../../out/main/serve.js', import.meta.url))

/**
 * @typedef {object} Served
 * @property {string} link opens the page, once
 * @property {string | null} shareLink opens it to watch; null where that was not asked for
 * @property {string} origin
 * @property {number} pid
 * @property {() => Promise<void>} end
 */

/**
 * @param {string} workspace
 * @param {string[]} [args]
 * @param {Record<string, string>} [environment]
 * @returns {Promise<Served>}
 */
export async function startServed(workspace, args = [], environment = {}) {
  const child = spawn(process.execPath, [entry, '--workspace', workspace, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let said = ''
  /** @type {string[]} */
  const [link = '', shareLink] = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
      // It is said as a whole.
      if (said.includes('Ctrl-C to end.'))
        resolve([...said.matchAll(/http:\/\/\S+#token=\S+/g)].map(([found]) => found))
    })
    child.stderr.on('data', (chunk) => (said += String(chunk)))
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)))
  })
  return {
    link,
    shareLink: shareLink ?? null,
    origin: new URL(link).origin,
    pid: child.pid ?? 0,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_AFTER_MS)
      await ended
      clearTimeout(timer)
    },
  }
}
