import { isIP } from 'node:net'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { LOOPBACK_ADDRESSES } from './site.js'

export interface ServeArguments {
  readonly workspace: string
  /** The address to listen on. */
  readonly host: string
  /** Names by which other machines know this one. */
  readonly names: readonly string[]
  readonly port: number
  readonly threads: number | null
  /** Files of the certificate and its key, where the connection is encrypted. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
  /** Whether a link is printed that lets others watch. */
  readonly share: boolean
}

const DEFAULT_WORKSPACE = process.env['UNBACKDOOR_WORKSPACE'] || 'workspace'
const MAX_PORT = 65_535

interface Given {
  workspace: string
  host: string
  name: string[]
  port: number
  threads?: number
  tlsCert?: string
  tlsKey?: string
  insecure?: boolean
  share?: boolean
}

/** Null when there is nothing to start: what is wrong has been said, or help was asked for. */
export function parseArguments(argv: readonly string[], say: (text: string) => void): ServeArguments | 'help' | null {
  const command = new Command('serve')
    .description('Serves the page to browsers, for working without a window, through SSH or in a network.')
    .option('--workspace <folder>', 'folder that holds the runs (or $UNBACKDOOR_WORKSPACE)', DEFAULT_WORKSPACE)
    .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, 0)
    .option('--host <address>', 'address to listen on; 0.0.0.0 and :: mean every one', ipAddress, '127.0.0.1')
    .option('--name <name>', 'name by which other machines reach this one; may be given again', collectNames, [])
    .option('--tls-cert <file>', 'certificate (PEM), for an encrypted connection')
    .option('--tls-key <file>', 'its key (PEM)')
    .option('--insecure', 'listen beyond this machine although nothing is encrypted')
    .option('--share', 'print a link for others, who can watch and change nothing')
    .option('--threads <number>', 'threads of the engine; 1 makes a run repeatable to the last bit', threadCount)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: (text) => say(text.trimEnd()) })
  try {
    const given = command.parse([...argv], { from: 'user' }).opts<Given>()
    const wrong = whatIsWrong(given)
    if (wrong !== null) command.error(`error: ${wrong}`)
    const { workspace, host, name, port, threads, tlsCert, tlsKey, share } = given
    return {
      workspace,
      host,
      names: name,
      port,
      threads: threads ?? null,
      tls: tlsCert === undefined || tlsKey === undefined ? null : { certificate: tlsCert, key: tlsKey },
      share: share ?? false,
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 'help' : null
    throw error
  }
}

/** Options that only make sense together. */
function whatIsWrong({ host, tlsCert, tlsKey, insecure = false }: Given): string | null {
  const hasTls = tlsCert !== undefined && tlsKey !== undefined
  if (!hasTls && (tlsCert !== undefined || tlsKey !== undefined)) {
    return 'TLS needs both files: --tls-cert <file> and --tls-key <file>'
  }
  if (hasTls && insecure) return 'with --tls-cert the connection is encrypted; leave --insecure out'
  const isLoopback = LOOPBACK_ADDRESSES.includes(host)
  if (isLoopback && insecure) return `${host} is reached from this machine alone; leave --insecure out`
  if (isLoopback || hasTls || insecure) return null
  return (
    `at ${host} other machines could read what goes over the wire, the link that lets in among it. ` +
    'Give --tls-cert <file> and --tls-key <file>; or --insecure where you trust everyone in the network; ' +
    'or leave --host out and reach this machine through SSH: ssh -L <port>:127.0.0.1:<port> user@host'
  )
}

function ipAddress(text: string): string {
  if (text === 'localhost') return '127.0.0.1'
  if (isIP(text) !== 0) return text
  throw new InvalidArgumentError(
    'must be an address of this machine, like 127.0.0.1 or 0.0.0.0; names that lead to it are given with --name',
  )
}

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

function collectNames(text: string, before: string[]): string[] {
  const name = text.toLowerCase()
  if (!NAME.test(name)) throw new InvalidArgumentError('must be a name or an address, without scheme and port')
  return [...before, name]
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
