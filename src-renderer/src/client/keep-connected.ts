import { AppError } from '../../../src-shared/contract/errors.js'
import type { Transport } from '../../../src-shared/rpc/transport.js'

/** Rejects with an `AppError` when trying again is of no use. */
export type OpenTransport = () => Promise<Transport>

export interface ConnectionListener {
  onOpen(transport: Transport): void
  /** It was lost or could not be opened, and is tried again. */
  onLost(reason: string): void
  /** It was refused, and is not tried again. */
  onRefused(error: AppError): void
}

/** Waiting before the next attempt, in milliseconds. `failures` counts from 1. */
export type Pause = (failures: number) => number

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

const doubling: Pause = (failures) => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))

/** Keeps one connection open, with growing pauses between attempts. Returns the way out. */
export function keepConnected(open: OpenTransport, listener: ConnectionListener, pause: Pause = doubling): () => void {
  let isEnded = false
  let failures = 0
  let current: Transport | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const attempt = (): void => {
    open().then(opened, (error: unknown) => {
      if (isEnded) return
      if (error instanceof AppError) {
        isEnded = true
        listener.onRefused(error)
      } else lost(error instanceof Error ? error.message : String(error))
    })
  }

  const opened = (transport: Transport): void => {
    if (isEnded) return transport.close()
    failures = 0
    current = transport
    listener.onOpen(transport)
    transport.onClose(lost)
  }

  const lost = (reason: string): void => {
    if (isEnded) return
    current = null
    failures += 1
    timer = setTimeout(attempt, pause(failures))
    listener.onLost(reason)
  }

  attempt()
  return () => {
    isEnded = true
    clearTimeout(timer)
    current?.close()
  }
}
