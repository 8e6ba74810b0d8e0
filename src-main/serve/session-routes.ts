import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Access } from '../../src-shared/model/access.js'
import { readCookie, sessionCookie } from './cookies.js'
import type { Door } from './door.js'
import { Refused } from './refused.js'
import type { Site } from './site.js'

const SESSION_PATH = '/session'
const MAX_BODY = 1024

const HOW_TO_GET_IN =
  'Press Enter in the terminal where the server runs for a new link; without a terminal, restart it.'

const TokenBody = z.strictObject({ token: z.string().min(1).max(200) })

/** What the browser may do. Throws unless it was let in before. */
export type RequireSession = (request: FastifyRequest) => Access

export function createSessionCheck(door: Door, site: () => Site): RequireSession {
  return (request) => {
    const session = readCookie(request.headers.cookie, site().cookieName)
    const access = session === undefined ? null : door.accessOf(session)
    if (access !== null) return access
    throw new Refused(403, 'This browser has not been let in by this server.', HOW_TO_GET_IN)
  }
}

/** Turns the one-time token into a session, and tells a page that was loaded again whether it still has one. */
export function addSessionRoutes(
  server: FastifyInstance,
  door: Door,
  site: () => Site,
  requireSession: RequireSession,
): void {
  server.post(SESSION_PATH, { bodyLimit: MAX_BODY }, async (request, reply) => {
    const body = TokenBody.safeParse(request.body)
    // Without quoting what was sent: it may be nearly a token.
    if (!body.success) throw new Refused(400, 'The body must be an object with the text "token" and nothing else.')
    const exchange = door.exchange(body.data.token)
    switch (exchange.outcome) {
      case 'too-many':
        throw new Refused(429, 'Too many wrong links were tried. Wait a minute and try again.')
      case 'wrong':
        throw new Refused(403, 'This link was used before, or is not a link of this server.', HOW_TO_GET_IN)
      case 'open':
        reply.header('set-cookie', sessionCookie(site().cookieName, exchange.session, site().isSecure))
        return reply.header('cache-control', 'no-store').code(204).send()
    }
  })

  server.get(SESSION_PATH, async (request, reply) => {
    requireSession(request)
    return reply.header('cache-control', 'no-store').code(204).send()
  })
}
