import { z } from 'zod'
import type { Transport } from '../../src-shared/rpc/transport.js'
import { createTransportCore } from '../../src-shared/rpc/transport-core.js'

const MIB = 1024 * 1024
/** Beyond this much unread, progress is no longer worth sending: only the latest is kept. */
const HOLD_PROGRESS_ABOVE = 4 * MIB
/** Beyond this much unread, nobody is reading any more. */
const CLOSE_ABOVE = 64 * MIB

/** A page in a hurry says a few dozen things at once; one in a loop does not stop. */
const MAX_MESSAGES_AT_ONCE = 400
const MAX_MESSAGES_PER_SECOND = 100

const CLOSE_REFUSED = 1008
const CLOSE_OVERLOAD = 1013

/** The part of a server's WebSocket that is used here. */
export interface ServerSocket {
  readonly bufferedAmount: number
  send(text: string, sent: () => void): void
  close(code: number, reason: string): void
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void
  on(event: 'close', listener: (code: number, reason: Buffer) => void): void
  on(event: 'ping', listener: () => void): void
}

const AnyEvent = z.object({ kind: z.literal('event'), event: z.object({ type: z.string() }) })

export interface SocketSurroundings {
  /** One line for the terminal. */
  say(line: string): void
  /** Milliseconds that only go forward. */
  now(): number
}

/**
 * The server's end of the wire to one page. A page that reads too slowly loses progress, of which the latest says
 * everything, and nothing else; a page that does not read at all loses the connection, and can ask for what it missed.
 */
export function createWebSocketTransport(socket: ServerSocket, { say, now }: SocketSurroundings): Transport {
  let held: { readonly progress: unknown } | null = null
  let isOpen = true

  const core = createTransportCore({
    send(message) {
      const event = AnyEvent.safeParse(message)
      if (event.success && event.data.event.type === 'run.progress' && socket.bufferedAmount > HOLD_PROGRESS_ABOVE) {
        held = { progress: message }
        return
      }
      // Progress that a later event has overtaken is of no use to anyone.
      if (event.success) held = null
      write(message)
    },
    close: () => closeBecause(CLOSE_REFUSED, 'A message of the page was refused.'),
  })

  function closeBecause(code: number, reason: string): void {
    isOpen = false
    say(`Closed a WebSocket (${code}): ${reason}`)
    socket.close(code, reason)
    core.closed(reason)
  }

  function write(message: unknown): void {
    closeIfUnread()
    if (isOpen) socket.send(JSON.stringify(message), release)
  }

  function release(): void {
    if (held === null || socket.bufferedAmount > HOLD_PROGRESS_ABOVE) return
    const { progress } = held
    held = null
    write(progress)
  }

  function closeIfUnread(): void {
    if (!isOpen || socket.bufferedAmount <= CLOSE_ABOVE) return
    closeBecause(CLOSE_OVERLOAD, 'The page reads too slowly: more than 64 MiB were waiting for it.')
  }

  let allowed = MAX_MESSAGES_AT_ONCE
  let countedAt = now()
  /** Whether the page keeps to the number of messages that one may send; closes on it where it does not. */
  function isInTime(): boolean {
    const time = now()
    allowed = Math.min(MAX_MESSAGES_AT_ONCE, allowed + ((time - countedAt) / 1000) * MAX_MESSAGES_PER_SECOND)
    countedAt = time
    allowed -= 1
    if (isOpen && allowed < 0) closeBecause(CLOSE_REFUSED, 'The page sends too many messages.')
    return isOpen
  }

  socket.on('message', (data, isBinary) => {
    if (isInTime()) core.deliver(isBinary ? undefined : parseJson(data.toString()))
  })
  socket.on('close', (code, reason) => {
    isOpen = false
    core.closed(reason.toString() || `the page closed the connection (${code})`)
  })
  // Each ping is answered, so pings of a page that does not read the answers pile up as well.
  socket.on('ping', () => {
    if (isInTime()) closeIfUnread()
  })

  return core.transport
}

/** What is not JSON becomes a message of unknown form, which whoever reads the messages refuses in words. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
