import { z } from 'zod'
import { commands, type Commands } from '../../../src-shared/contract/commands.js'
import { AppError, WireError } from '../../../src-shared/contract/errors.js'
import { AppEvent } from '../../../src-shared/contract/events.js'
import { connect, type Client } from '../../../src-shared/rpc/client.js'
import type { Transport } from '../../../src-shared/rpc/transport.js'
import { keepConnected, type OpenTransport, type Pause } from './keep-connected.js'

/** `reason` says why it is not open: after a loss while connecting again, or for good. */
export type ConnectionState =
  | { readonly kind: 'connecting'; readonly reason: string | null }
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly reason: string }

/** The application as the stores see it, wherever it runs. Each way to listen returns the way out. */
export interface AppClient {
  /** Waits for the connection if there is none; rejects if it is lost before the answer came. */
  readonly call: Client<Commands, AppEvent>['call']
  onEvent(listener: (event: AppEvent) => void): () => void
  /**
   * Called at once with the present state, then with each change. Events are missed while it is not open: whoever
   * follows a run asks `run.snapshot` for those after its last one each time it opens.
   */
  onState(listener: (state: ConnectionState) => void): () => void
  close(): void
}

type WireClient = Client<Commands, AppEvent>

const Refusal = z.object({ kind: z.literal('refused'), error: WireError })

export function createAppClient(open: OpenTransport, pause?: Pause): AppClient {
  const eventListeners = new Set<(event: AppEvent) => void>()
  const stateListeners = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = { kind: 'connecting', reason: null }
  let waiting = createWaiting()

  const change = (next: ConnectionState): void => {
    state = next
    for (const listener of [...stateListeners]) listener(next)
  }

  const end = (error: AppError): void => {
    disconnect()
    if (state.kind === 'open') waiting = createWaiting()
    waiting.reject(error)
    change({ kind: 'closed', reason: describe(error) })
  }

  const onOpen = (transport: Transport): void => {
    const client = connect<Commands, AppEvent>(transport, commands, {
      parseEvent: (raw) => AppEvent.parse(raw),
      closedError: lostError,
    })
    client.onEvent((event) => eventListeners.forEach((listener) => listener(event)))
    // A server that refuses to talk, say for being of another version, will refuse the next time too.
    transport.onMessage((raw) => {
      const refusal = Refusal.safeParse(raw)
      if (refusal.success) end(new AppError(refusal.data.error))
    })
    waiting.resolve(client)
    change({ kind: 'open' })
  }

  const onLost = (reason: string): void => {
    if (state.kind === 'open') waiting = createWaiting()
    change({ kind: 'connecting', reason })
  }

  const disconnect = keepConnected(open, { onOpen, onLost, onRefused: (error) => end(error) }, pause)

  return {
    call: async (name, input) => (await waiting.client).call(name, input),
    onEvent: (listener) => addTo(eventListeners, listener),
    onState(listener) {
      listener(state)
      return addTo(stateListeners, listener)
    },
    close() {
      if (state.kind !== 'closed') end(new AppError({ code: 'cancelled', message: 'The page closed the connection.' }))
    },
  }
}

interface Waiting {
  readonly client: Promise<WireClient>
  resolve(client: WireClient): void
  reject(error: AppError): void
}

/** The client of the next connection, for the calls that cannot be sent yet. */
function createWaiting(): Waiting {
  let settle!: Pick<Waiting, 'resolve' | 'reject'>
  const client = new Promise<WireClient>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Nobody may be waiting when it fails; who calls later still hears of it.
  client.catch(() => undefined)
  return { client, ...settle }
}

function lostError(reason: string): AppError {
  return new AppError({
    code: 'disconnected',
    message: `The connection was lost before the answer came: ${reason}`,
    hint: 'What was asked for may have happened all the same. It is looked up when the connection is back.',
  })
}

function describe({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message} ${hint}`
}

function addTo<T>(set: Set<T>, item: T): () => void {
  set.add(item)
  return () => set.delete(item)
}
