import type { AddressInfo } from 'node:net'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import { fastify } from 'fastify'
import { answerErrors, answerUnreadable, pathOf } from './answer-errors.js'
import { createDoor } from './door.js'
import { guard } from './guard.js'
import { Refused } from './refused.js'
import { answerMalformed } from './malformed-requests.js'
import { addPageFiles } from './page-files.js'
import { addRpcRoute } from './rpc-route.js'
import { addRunFiles } from './run-files.js'
import { addSecurityHeaders } from './security-headers.js'
import type { ServedApp } from './served-app.js'
import { addSessionRoutes, createSessionCheck } from './session-routes.js'
import { namesOf, siteOf, type Site } from './site.js'
import { addWebSockets, MAX_INPUT_BYTES } from './websockets.js'

export interface ServerOptions {
  readonly app: ServedApp
  /** The built page. */
  readonly rendererFolder: string
  /** The address to listen on. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Names by which other machines know this one. */
  readonly names?: readonly string[]
  /** Certificate and key (PEM), where the connection is encrypted. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | null
  /** From one address. */
  readonly maxRequestsPerMinute?: number
  /** One line for the terminal, without secrets. */
  readonly say: (line: string) => void
}

export interface RunningServer {
  readonly site: Site
  /** The address of the page with a token that lets one browser in, once. An unused earlier link stops working. */
  newLink(): string
  /** The address of the page with a token that lets any number of browsers watch. An earlier one stops working. */
  newShareLink(): string
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 30_000
/** Two hundred pages that are opened at once ask less; a loop that does not stop asks more. */
const MAX_REQUESTS_PER_MINUTE = 30_000

/** The application behind a page in the browser of this machine. Resolves when it listens. */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { app, rendererFolder, host, port, names = [], tls = null, say } = options
  const { maxRequestsPerMinute = MAX_REQUESTS_PER_MINUTE } = options
  const answers = { say, log: (error: unknown) => app.log(error) }
  const server = fastify({
    bodyLimit: MAX_INPUT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    // A request without Host is the guard's to refuse, with the same headers and words as any other.
    ...(tls === null ? { http: { requireHostHeader: false } } : { https: { ...tls, requireHostHeader: false } }),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket, say),
    frameworkErrors: (_error, request, reply) => answerUnreadable(request, reply, answers),
  })
  let known: Site | null = null
  const site = (): Site =>
    (known ??= siteOf({
      port: (server.server.address() as AddressInfo).port,
      isSecure: tls !== null,
      names: namesOf(host, names),
    }))

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
        requestedBy: textOf(request.headers['x-requested-by']),
        isUpgrade: request.ws,
      },
      site(),
    )
  })
  await server.register(fastifyRateLimit, {
    max: maxRequestsPerMinute,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: () => new Refused(429, 'Too many requests came from this address. Wait a minute.'),
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
    newShareLink: () => `${site().origin}/#token=${door.issueShareToken()}`,
    close: () => server.close(),
  }
}

/** A header that came twice means nothing. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header
}
