import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type RunningServer, type ServerOptions } from '../../src-main/serve/create-server.js'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import type { AppEvent } from '../../src-shared/contract/events.js'
import { fakeHandlers } from './fake-app.js'
import { ask } from './serve-wire.js'

export const pageHtml = '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><title>page</title>'

export interface TestServer {
  readonly server: RunningServer
  readonly port: number
  readonly folder: string
  /** What was said in the terminal. */
  readonly said: string[]
  emit(event: AppEvent): void
  /** How many clients have said hello. */
  listeners(): number
  token(): string
  /** A Cookie header that opens the door. */
  cookie(): Promise<string>
  /** One that opens it to watch. */
  watchCookie(): Promise<string>
  /** A socket as a page of this server opens it. */
  socket(cookie: string): WebSocket
  close(): Promise<void>
}

export type TestServerOptions = { readonly handlers?: Partial<AppHandlers> } & Partial<
  Pick<ServerOptions, 'host' | 'port' | 'names' | 'tls' | 'maxRequestsPerMinute'>
>

/** The real server on a real port, around handlers in memory and a page of three files. */
export async function startTestServer({
  handlers = {},
  host = '127.0.0.1',
  port = 0,
  ...open
}: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'serve-'))
  const rendererFolder = join(folder, 'renderer')
  await mkdir(join(rendererFolder, 'assets'), { recursive: true })
  await writeFile(join(rendererFolder, 'index.html'), pageHtml)
  await writeFile(join(rendererFolder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(rendererFolder, 'assets', 'index-D1gest.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'not for the web')

  const said: string[] = []
  const listeners = new Set<(event: AppEvent) => void>()
  let logged = 0
  const server = await createServer({
    app: {
      handlers: { ...fakeHandlers, ...handlers },
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      log: () => `logged-${++logged}`,
    },
    rendererFolder,
    host,
    port,
    ...open,
    say: (line) => said.push(line),
  })
  const { origin } = server.site
  const cookieFor = async (link: string): Promise<string> => {
    const answer = await postToken(server.site.port, link.split('#token=')[1] ?? '')
    return answer.headers['set-cookie']?.split(';')[0] ?? ''
  }

  const started: TestServer = {
    server,
    port: server.site.port,
    folder,
    said,
    emit: (event) => listeners.forEach((listener) => listener(event)),
    listeners: () => listeners.size,
    token: () => server.newLink().split('#token=')[1] ?? '',
    cookie: () => cookieFor(server.newLink()),
    watchCookie: () => cookieFor(server.newShareLink()),
    socket: (cookie) => new WebSocket(`ws://127.0.0.1:${started.port}/rpc`, { headers: { cookie, origin } }),
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return started
}

export function postToken(port: number, token: string, headers: Record<string, string | null> = {}) {
  return ask(port, {
    method: 'POST',
    path: '/session',
    headers: { origin: `http://127.0.0.1:${port}`, 'x-requested-by': 'unbackdoor', ...headers },
    body: JSON.stringify({ token }),
  })
}
