import type { Transport } from '../../../src-shared/rpc/transport.js'
import { createTransportCore } from '../../../src-shared/rpc/transport-core.js'
import type { MessageBridge } from './desktop-bridge.js'

/** The page's end of the wire inside the desktop window. */
export function createDesktopTransport(bridge: MessageBridge): Transport {
  const core = createTransportCore({
    send: (message) => bridge.send(message),
    close: () => unsubscribe(),
  })
  const unsubscribe = bridge.subscribe((message) => core.deliver(message))
  return core.transport
}
