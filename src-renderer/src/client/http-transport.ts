import type { Transport } from '../../../src-shared/rpc/transport.js'
import { createTransportCore } from '../../../src-shared/rpc/transport-core.js'

const CLOSED_NORMALLY = 1000
const TOO_LARGE = 1009

/** The page's end of the wire to a server. Resolves when the socket is open, rejects if it closes before that. */
export function openHttpTransport(socket: WebSocket): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const core = createTransportCore({
      send: (message) => socket.send(JSON.stringify(message)),
      close: () => socket.close(CLOSED_NORMALLY),
    })
    socket.addEventListener('message', ({ data }) => core.deliver(JSON.parse(String(data))))
    socket.addEventListener('open', () => resolve(core.transport))
    socket.addEventListener('close', ({ code, reason }) => {
      const words = describeClosing(code, reason)
      core.closed(words)
      reject(new Error(words))
    })
  })
}

function describeClosing(code: number, reason: string): string {
  if (reason !== '') return reason
  return code === TOO_LARGE ? 'A message was too large for the server.' : 'The connection to the server was lost.'
}
