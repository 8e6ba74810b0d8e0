import { join } from 'node:path'
import { openHeadless } from '../app/open-headless.js'
import { serveCommand } from './serve-command.js'

/** Served mode: the application behind a page in the browser. */

const startFolder = import.meta.dirname

/** The first signal ends in order, a second one at once. */
const ended = new Promise<number>((resolve) => {
  let isEnding = false
  const end = (exitCode: number): void => {
    if (isEnding) process.exit(exitCode)
    isEnding = true
    resolve(exitCode)
  }
  process.on('SIGINT', () => end(130))
  process.on('SIGTERM', () => end(143))
})

const exitCode = await serveCommand(process.argv.slice(2), {
  rendererFolder: join(startFolder, '..', 'renderer'),
  openApp: ({ workspace, threads }) => openHeadless({ startFolder, workspace, threads }),
  print: (text) => void process.stdout.write(`${text}\n`),
  say: (text) => void process.stderr.write(`${text}\n`),
  // A terminal hands over whole lines, so each piece of input is one press of Enter.
  onEnter: process.stdin.isTTY ? (listener) => void process.stdin.on('data', listener) : null,
  ended,
})
process.exit(exitCode)
