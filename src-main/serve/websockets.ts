import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { oneLine } from './one-line.js'

/** The largest message or body that a page may send. */
export const MAX_INPUT_BYTES = 1024 * 1024

const CLOSE_GOING_AWAY = 1001
/** How long a page may take to answer a goodbye. */
const GOODBYE_MS = 500
const CLOSE_DEADLINE_MS = 2_000

/** WebSockets with a bounded input, which end with a reason when the server ends. */
export async function addWebSockets(server: FastifyInstance, say: (line: string) => void): Promise<void> {
  await server.register(fastifyWebsocket, {
    options: { maxPayload: MAX_INPUT_BYTES, closeTimeout: CLOSE_DEADLINE_MS },
    // The connection is closing already, with the code that fits: 1009 for a message that is too large.
    errorHandler: (error) => say(oneLine(`Closed a WebSocket: ${error.message}.`)),
    preClose(done) {
      const { websocketServer } = server
      for (const socket of websocketServer.clients) socket.close(CLOSE_GOING_AWAY, 'The server is ending.')
      setTimeout(() => {
        for (const socket of websocketServer.clients) socket.terminate()
      }, GOODBYE_MS).unref()
      websocketServer.close()
      done()
    },
  })
}
