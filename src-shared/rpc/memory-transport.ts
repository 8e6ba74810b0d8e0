import { createTransportCore } from './transport-core.js'
import type { Transport } from './transport.js'

/** Two ends of a pipe inside one process. Messages are cloned and arrive later, as they would over a real wire. */
export function createMemoryPair(): readonly [Transport, Transport] {
  const left = createTransportCore({
    send: (message) => deliverLater(right, message),
    close: () => queueMicrotask(() => right.closed('the other side closed')),
  })
  const right = createTransportCore({
    send: (message) => deliverLater(left, message),
    close: () => queueMicrotask(() => left.closed('the other side closed')),
  })
  return [left.transport, right.transport]
}

function deliverLater(end: { deliver(message: unknown): void }, message: unknown): void {
  const copy: unknown = structuredClone(message)
  queueMicrotask(() => end.deliver(copy))
}
