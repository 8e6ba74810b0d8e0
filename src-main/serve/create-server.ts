import type { AddressInfo } from 'node:net'
import fastifyStatic from '@fastify/static'
import { fastify } from 'fastify'
import { answerErrors, answerUnreadable, pathOf } from './answer-errors.js'
import { createDoor } from './door.js'
import { guard } from './guard.js'
import { answerMalformed } from './malformed-requests.js'
import { addPageFiles } from './page-files.js'
import { addRpcRoute } from './rpc-route.js'
import { addRunFiles } from './run-files.js'
import { addSecurityHeaders } from './security-headers.js'
import type { ServedApp } from './served-app.js'
import { addSessionRoutes, createSessionCheck } from './session-routes.js'
import { siteOf, type LoopbackHost, type Site } from './site.js'
import { addWebSockets, MAX_INPUT_BYTES } from './websockets.js'

export interface ServerOptions {
  readonly app: ServedApp
  /** The built page. */
  readonly rendererFolder: string
  readonly host: LoopbackHost
  /** 0 takes a free one. */
  readonly port: number
  /** One line for the terminal, without secrets. */
  readonly say: (line: string) => void
}

export interface RunningServer {
  readonly site: Site
  /** The address of the page with a token that lets one browser in, once. An unused earlier link stops working. */
  newLink(): string
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 30_000

/** The application behind a page in the browser of this machine. Resolves when it listens. */
export async function createServer({ app, rendererFolder, host, port, say }: ServerOptions): Promise<RunningServer> {
  const answers = { say, log: (error: unknown) => app.log(error) }
  const server = fastify({
    bodyLimit: MAX_INPUT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    // A request without Host is the guard's to refuse, with the same headers and words as any other.
    http: { requireHostHeader: false },
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, say),
    frameworkErrors: (_error, request, reply) => answerUnreadable(request, reply, answers),
  })
  let known: Site | null = null
  const site = (): Site => (known ??= siteOf(host, (server.server.address() as AddressInfo).port))

  addSecurityHeaders(server)
  answerErrors(server, answers)
  server.removeContentTypeParser('text/plain')
  await addWebSockets(server, say)
  server.addHook('onRequest', async (request) => {
    guard(
      {
        method: request.method,
        path: pathOf(request),
        host: request.headers.host,
        origin: request.headers.origin,
        isUpgrade: request.ws,
      },
      site(),
    )
  })
  await server.register(fastifyStatic, { root: rendererFolder, serve: false, index: false, dotfiles: 'deny' })

  const door = createDoor(() => performance.now())
  const requireSession = createSessionCheck(door, site)
  addSessionRoutes(server, door, site, requireSession)
  addRpcRoute(server, app, requireSession, say)
  addRunFiles(server, app.handlers, requireSession)
  addPageFiles(server, rendererFolder)
  await server.listen({ host, port })

  return {
    site: site(),
    newLink: () => `${site().origin}/#token=${door.issueToken()}`,
    close: () => server.close(),
  }
}
