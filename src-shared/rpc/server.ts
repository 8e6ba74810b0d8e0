import type { CommandMap, Handlers, ParsedOf } from '../contract/command.js'
import { AppError, type WireError } from '../contract/errors.js'
import { parseOrThrow } from '../contract/field-errors.js'
import { PROTOCOL_VERSION } from '../contract/version.js'
import { ClientMessage, type ServerMessage } from './messages.js'
import type { Transport } from './transport.js'

export interface ServerOptions<E> {
  /** Called with the events' sink once the client has said hello; returns the way out. */
  readonly subscribe: (emit: (event: E) => void) => () => void
  /** Told of every error that was not meant for people; returns the short id under which it was logged. */
  readonly onInternalError: (error: unknown, where: string) => string
}

/** Answers one client: parses each input, calls the handler, turns whatever is thrown into a wire error. */
export function serve<M extends CommandMap, E>(
  transport: Transport,
  commands: M,
  handlers: Handlers<M>,
  options: ServerOptions<E>,
): void {
  let unsubscribe: (() => void) | null = null
  const send = (message: ServerMessage): void => transport.send(message)

  const answer = async (id: number, name: string, input: unknown): Promise<void> => {
    try {
      if (!Object.hasOwn(commands, name)) throw unknownCommand(name, Object.keys(commands))
      const parsed = parseOrThrow(commands[name]!.input, input) as ParsedOf<M[string]>
      send({ kind: 'result', id, output: await handlers[name]!(parsed) })
    } catch (error) {
      send({ kind: 'error', id, error: wireErrorOf(error, (unknown) => options.onInternalError(unknown, name)) })
    }
  }

  transport.onMessage((raw) => {
    const message = ClientMessage.safeParse(raw)
    if (!message.success) return refuse('A message had an unknown form.')
    if (message.data.kind === 'call') {
      if (unsubscribe === null) return refuse('The first message must be a hello.')
      void answer(message.data.id, message.data.name, message.data.input)
      return
    }
    if (message.data.protocol !== PROTOCOL_VERSION) {
      return refuse(`The client speaks protocol ${message.data.protocol}, this program ${PROTOCOL_VERSION}.`)
    }
    unsubscribe ??= options.subscribe((event) => send({ kind: 'event', event }))
  })
  transport.onClose(() => unsubscribe?.())

  function refuse(message: string): void {
    send({
      kind: 'refused',
      error: { code: 'unsupported', message, hint: 'Restart both sides with the same version.' },
    })
    transport.close()
  }
}

function unknownCommand(name: string, known: string[]): AppError {
  return new AppError({ code: 'unsupported', message: `There is no command "${name}". Known: ${known.join(', ')}.` })
}

/** `AppError` crosses as it is. Anything else is logged where it happened and crosses as `internal` with its log id. */
export function wireErrorOf(error: unknown, log: (error: unknown) => string): WireError {
  if (error instanceof AppError) return error.toWire()
  const id = log(error)
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: text, hint: `Details are in the log under ${id}.` }
}
