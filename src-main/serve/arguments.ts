import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { LoopbackHost } from './site.js'

export interface ServeArguments {
  readonly workspace: string
  readonly host: LoopbackHost
  readonly port: number
  readonly threads: number | null
}

const DEFAULT_WORKSPACE = process.env['UNBACKDOOR_WORKSPACE'] || 'workspace'
const MAX_PORT = 65_535

interface Given {
  workspace: string
  host: LoopbackHost
  port: number
  threads?: number
}

/** Null when there is nothing to start: what is wrong has been said, or help was asked for. */
export function parseArguments(argv: readonly string[], say: (text: string) => void): ServeArguments | 'help' | null {
  const command = new Command('serve')
    .description('Serves the page to browsers on this machine, for working without a window or through SSH.')
    .option('--workspace <folder>', 'folder that holds the runs (or $UNBACKDOOR_WORKSPACE)', DEFAULT_WORKSPACE)
    .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, 0)
    .option('--host <host>', 'loopback address to listen on', loopbackHost, '127.0.0.1')
    .option('--threads <number>', 'threads of the engine; 1 makes a run repeatable to the last bit', threadCount)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: (text) => say(text.trimEnd()) })
  try {
    const { workspace, host, port, threads } = command.parse([...argv], { from: 'user' }).opts<Given>()
    return { workspace, host, port, threads: threads ?? null }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 'help' : null
    throw error
  }
}

function loopbackHost(text: string): LoopbackHost {
  if (text === 'localhost' || text === '127.0.0.1') return '127.0.0.1'
  if (text === '::1') return text
  throw new InvalidArgumentError(
    'Other machines could only be served safely with TLS, which is not supported. ' +
      'Use 127.0.0.1 (or ::1) and reach it through SSH: ssh -L <port>:127.0.0.1:<port> user@host',
  )
}

function portNumber(text: string): number {
  const port = wholeNumber(text)
  if (port > MAX_PORT) throw new InvalidArgumentError(`must be at most ${MAX_PORT}`)
  return port
}

function threadCount(text: string): number {
  const count = wholeNumber(text)
  if (count === 0) throw new InvalidArgumentError('must be at least 1')
  return count
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number of at least 0')
  return Number(text)
}
