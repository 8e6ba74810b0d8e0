import type { ForkOptions } from 'electron'
import { createTransportCore } from '../../src-shared/rpc/transport-core.js'
import { createEngineWords } from '../app/engine-words.js'
import type { LaunchedEngine } from '../app/launched-engine.js'
import type { EngineOptions } from '../engine-contract/index.js'

/** What the process wrote last may arrive after the news of its end. */
const LAST_WORDS_WAIT_MS = 100

type Listen = (chunk: Buffer | string) => void

interface OutputStream {
  on(event: 'data', listener: Listen): unknown
  off(event: 'data', listener: Listen): unknown
  pause(): unknown
  resume(): unknown
}

/** The part of Electron's utility process that is used. */
export interface EngineProcess {
  readonly pid: number | undefined
  readonly stdout: OutputStream | null
  readonly stderr: OutputStream | null
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'spawn', listener: () => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  on(event: 'error', listener: (type: string, location: string) => void): unknown
  postMessage(message: unknown): void
  kill(): boolean
}

export interface EngineLauncher {
  fork(entry: string, args: string[], options: ForkOptions): EngineProcess
  /** Ends a process at once, by the number that the system knows it by. */
  killByPid(pid: number): void
}

/** Starts the engine as a utility process: the way of the desktop, where plain Node processes cannot be had. */
export function launchEngine(
  { fork, killByPid }: EngineLauncher,
  entry: string,
  options: EngineOptions,
): LaunchedEngine {
  const child = fork(entry, [JSON.stringify(options)], {
    serviceName: 'Unbackdoor engine',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const words = createEngineWords()
  let hasExited = false
  let mustEnd = false
  const outputs = [child.stdout, child.stderr]
  const listen = (): void => {
    for (const output of outputs) {
      output?.off('data', words.hear)
      output?.on('data', words.hear)
    }
  }
  listen()
  child.on('error', (type, location) => words.hear(`\n${type} at ${location}\n`))

  const core = createTransportCore({
    send: (message) => {
      if (!hasExited) child.postMessage(message)
    },
    // The engine ends by itself when told to; there is no channel to shut, so the process is asked to go.
    close: () => {
      child.kill()
    },
  })
  child.on('message', (message) => core.deliver(message))

  const exit = new Promise<string>((resolve) => {
    child.on('exit', (code) => {
      hasExited = true
      // Electron takes the listeners away together with the process, while words may still be on their way.
      for (const output of outputs) output?.pause()
      queueMicrotask(() => {
        listen()
        for (const output of outputs) output?.resume()
      })
      setTimeout(() => resolve(describeEnding(code, words.last())), LAST_WORDS_WAIT_MS)
    })
  })
  void exit.then((ending) => core.closed(ending))

  const end = (): void => {
    const { pid } = child
    // The first is a request, which native code in the middle of its work does not hear.
    child.kill()
    if (pid !== undefined && !hasExited) killByPid(pid)
  }
  // A process that is only being started has no number yet and cannot be ended.
  child.on('spawn', () => {
    if (mustEnd) end()
  })

  return {
    transport: core.transport,
    kill() {
      mustEnd = true
      end()
    },
    onWords: words.onLine,
    onExit: (listener) => void exit.then(listener),
  }
}

function describeEnding(code: number, words: string): string {
  const how = `it exited with code ${code}`
  return words === '' ? how : `${how}; its last words: ${words}`
}

/** Without complaint if the process has ended in the meantime. */
export function killByPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
