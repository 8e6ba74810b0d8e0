import { join } from 'node:path'
import { onEndSignal } from '../app/end-signals.js'
import { openHeadless } from '../app/open-headless.js'
import { serveCommand } from './serve-command.js'

/** Served mode: the application behind a page in the browser. */

const startFolder = import.meta.dirname

const ended = new Promise<number>((resolve) => void onEndSignal(resolve))

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
