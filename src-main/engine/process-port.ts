import { createTransportCore } from '../../src-shared/rpc/transport-core.js'
import type { Transport } from '../../src-shared/rpc/transport.js'

/** The part of Electron's utility process that the engine uses; plain Node has no such port. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

/** The wire to whoever started this process: Electron's parent port, or the channel of a forked Node process. */
export function openProcessPort(): Transport {
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort }
  if (parentPort !== undefined) {
    const core = createTransportCore({
      send: (message) => parentPort.postMessage(message),
      close: () => process.exit(0),
    })
    parentPort.on('message', ({ data }) => core.deliver(data))
    return core.transport
  }
  if (process.send === undefined) {
    throw new Error('The engine is started by the application, not by hand')
  }
  const core = createTransportCore({
    send: (message) => process.send?.(message),
    close: () => process.disconnect?.(),
  })
  process.on('message', (message) => core.deliver(message))
  process.on('disconnect', () => core.closed('the application is gone'))
  return core.transport
}
