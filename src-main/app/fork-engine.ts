import { fork } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { createTransportCore } from '../../src-shared/rpc/transport-core.js'
import type { EngineOptions } from '../engine-contract/index.js'
import { createEngineWords } from './engine-words.js'
import type { LaunchedEngine } from './launched-engine.js'

const LAST_WORDS_MS = 500

/** Starts the engine as a Node child process: the way of the command line and of served mode. */
export function forkEngine(entry: string, options: EngineOptions, threads: number | null): LaunchedEngine {
  const child = fork(entry, [JSON.stringify(options)], {
    serialization: 'advanced',
    // Standard output belongs to the program's own results, so whatever a library prints there is kept apart.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...threadVariables(threads) },
  })
  const words = createEngineWords()
  child.stdout?.on('data', words.hear)
  child.stderr?.on('data', words.hear)

  const core = createTransportCore({
    send: (message) => {
      if (child.connected) child.send(message as object)
    },
    close: () => {
      if (child.connected) child.disconnect()
    },
  })
  child.on('message', (message) => core.deliver(message))

  const exit = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`it could not be started: ${error.message}`))
    child.on('exit', async (code, signal) => {
      // Its last words may still be in the pipes; a grandchild could hold those open for ever.
      await Promise.race([
        Promise.all([ended(child.stdout), ended(child.stderr)]),
        delay(LAST_WORDS_MS, null, { ref: false }),
      ])
      resolve(describeEnding(code, signal, words.last()))
    })
  })
  void exit.then((ending) => core.closed(ending))

  return {
    transport: core.transport,
    kill: () => child.kill('SIGKILL'),
    onWords: words.onLine,
    onExit: (listener) => void exit.then(listener),
  }
}

function ended(stream: Readable | null): Promise<void> {
  if (stream === null || stream.readableEnded) return Promise.resolve()
  return new Promise((resolve) => stream.once('close', () => resolve()))
}

function describeEnding(code: number | null, signal: NodeJS.Signals | null, words: string): string {
  const how = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`
  return words === '' ? how : `${how}; its last words: ${words}`
}

/** One thread makes a run repeatable to the last bit; more are faster. */
function threadVariables(threads: number | null): Record<string, string> {
  if (threads === null) return {}
  const count = String(threads)
  return { TF_NUM_INTRAOP_THREADS: count, TF_NUM_INTEROP_THREADS: count, OMP_NUM_THREADS: count }
}
