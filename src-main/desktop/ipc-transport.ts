import { createTransportCore, type TransportCore } from '../../src-shared/rpc/transport-core.js'
import { channels } from '../../src-shared/desktop/bridge.js'

/** The part of Electron's web contents that carries messages to its page. */
export interface PageEnd {
  isDestroyed(): boolean
  send(channel: string, message: unknown): void
}

/** The main process's end of the wire to one page. What the page sends is handed in from outside, already checked. */
export function createIpcTransport(page: PageEnd): TransportCore {
  return createTransportCore({
    send(message) {
      if (!page.isDestroyed()) page.send(channels.toPage, message)
    },
    // There is nothing to let go of: the wire is as long-lived as the window.
    close: () => undefined,
  })
}
