import type { Transport } from './transport.js'

export interface TransportCore {
  readonly transport: Transport
  /** The wire calls this for every message that arrives. */
  deliver(message: unknown): void
  /** The wire calls this when it is gone. */
  closed(reason: string): void
}

/** The part that every wire shares: listeners, early messages kept, one close. */
export function createTransportCore(wire: { send(message: unknown): void; close(): void }): TransportCore {
  const messageListeners = new Set<(message: unknown) => void>()
  const closeListeners = new Set<(reason: string) => void>()
  let early: unknown[] = []
  let closeReason: string | null = null

  const closed = (reason: string): void => {
    if (closeReason !== null) return
    closeReason = reason
    for (const listener of [...closeListeners]) listener(reason)
    closeListeners.clear()
    messageListeners.clear()
  }

  return {
    deliver(message) {
      if (closeReason !== null) return
      if (messageListeners.size === 0) early.push(message)
      else for (const listener of [...messageListeners]) listener(message)
    },
    closed,
    transport: {
      send(message) {
        if (closeReason === null) wire.send(message)
      },
      onMessage(listener) {
        messageListeners.add(listener)
        const kept = early
        early = []
        for (const message of kept) listener(message)
        return () => messageListeners.delete(listener)
      },
      onClose(listener) {
        if (closeReason !== null) {
          listener(closeReason)
          return () => undefined
        }
        closeListeners.add(listener)
        return () => closeListeners.delete(listener)
      },
      close(reason = 'closed by this side') {
        if (closeReason !== null) return
        wire.close()
        closed(reason)
      },
    },
  }
}
