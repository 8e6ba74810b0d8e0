import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { parseArguments, type ServeArguments } from './arguments.js'
import { createServer, type RunningServer } from './create-server.js'
import { oneLine } from './one-line.js'
import type { ServedApp } from './served-app.js'
import { anotherLink, welcome } from './welcome.js'

const EXIT_OK = 0
/** Something in the request was wrong, and nothing was started. */
const EXIT_REFUSED = 2

/** The process around the server, as far as the server has to do with it. */
export interface Surroundings {
  readonly rendererFolder: string
  openApp(given: ServeArguments): ServedApp & { interrupt(): Promise<void>; close(): void }
  print(text: string): void
  say(text: string): void
  /** Calls back each time Enter is pressed; null when nobody can press it. */
  readonly onEnter: ((listener: () => void) => void) | null
  /** Resolves to the exit code when the process is asked to end. */
  readonly ended: Promise<number>
}

/** Serves until the process is asked to end. Returns the exit code. */
export async function serveCommand(argv: readonly string[], around: Surroundings): Promise<number> {
  const given = parseArguments(argv, around.say)
  if (given === null) return EXIT_REFUSED
  if (given === 'help') return EXIT_OK
  if (!existsSync(join(around.rendererFolder, 'index.html'))) {
    around.say('The page has not been built. Run: npm run setup')
    return EXIT_REFUSED
  }
  const tls = readTls(given, around.say)
  if (tls === 'unreadable') return EXIT_REFUSED
  const app = around.openApp(given)
  try {
    const server = await start(given, tls, app, around)
    if (server === null) return EXIT_REFUSED
    around.print(
      welcome(server.site, given, {
        link: server.newLink(),
        shareLink: given.share ? server.newShareLink() : null,
        canAsk: around.onEnter !== null,
      }),
    )
    around.onEnter?.(() => around.print(anotherLink(server.newLink())))
    const exitCode = await around.ended
    await app.interrupt()
    await server.close()
    return exitCode
  } finally {
    app.close()
  }
}

interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Null where nothing is to be encrypted. What is wrong with the files is said. */
function readTls({ tls }: ServeArguments, say: (text: string) => void): TlsFiles | null | 'unreadable' {
  if (tls === null) return null
  try {
    const files = { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }
    createSecureContext(files)
    return files
  } catch (error) {
    const { certificate, key } = tls
    say(oneLine(`The certificate ${certificate} with the key ${key} cannot be used: ${(error as Error).message}`))
    return 'unreadable'
  }
}

async function start(
  given: ServeArguments,
  tls: TlsFiles | null,
  app: ServedApp,
  around: Surroundings,
): Promise<RunningServer | null> {
  const { host, port, names } = given
  const { rendererFolder, say } = around
  try {
    return await createServer({ app, rendererFolder, host, port, names, tls, say })
  } catch (error) {
    const words = listenProblem(error as NodeJS.ErrnoException, given)
    if (words === null) throw error
    say(words)
    return null
  }
}

function listenProblem({ code, message }: NodeJS.ErrnoException, { host, port }: ServeArguments): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use by another program. Choose another with --port, or leave it out for a free one.`
    case 'EACCES':
      return `You may not use port ${port}. Choose one above 1023 with --port, or leave it out for a free one.`
    case 'EADDRNOTAVAIL':
      return oneLine(`This machine has no address ${host}. Choose another with --host. (${message})`)
    default:
      return null
  }
}
