import type { FastifyInstance } from 'fastify'
import { commands } from '../../src-shared/contract/commands.js'
import { serve } from '../../src-shared/rpc/server.js'
import { RPC_PATH } from './guard.js'
import { Refused } from './refused.js'
import type { ServedApp } from './served-app.js'
import type { RequireSession } from './session-routes.js'
import { watchOnly } from './watch-only.js'
import { createWebSocketTransport, type ServerSocket } from './websocket-transport.js'

/** More pages than anyone has open; fewer than it takes to exhaust the server. */
const MAX_SOCKETS = 256

/** The one WebSocket that carries calls and events of the contract. */
export function addRpcRoute(
  server: FastifyInstance,
  app: ServedApp,
  requireSession: RequireSession,
  say: (line: string) => void,
): void {
  const handlersOf = { work: app.handlers, watch: watchOnly(app.handlers) }
  server.route({
    method: 'GET',
    url: RPC_PATH,
    onRequest: async (request) => {
      requireSession(request)
      if (server.websocketServer.clients.size >= MAX_SOCKETS) {
        throw new Refused(503, `There are ${MAX_SOCKETS} connections already. Close a page and try again.`)
      }
    },
    handler: async () => {
      throw new Refused(426, 'Only WebSockets are answered at this address.')
    },
    wsHandler: (socket: ServerSocket, request) => {
      const transport = createWebSocketTransport(socket, { say, now: () => performance.now() })
      serve(transport, commands, handlersOf[requireSession(request)], {
        subscribe: (emit) => app.subscribe(emit),
        onInternalError: (error) => app.log(error),
      })
    },
  })
}
