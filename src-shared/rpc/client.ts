import { z } from 'zod'
import type { CommandMap, InputOf, OutputOf } from '../contract/command.js'
import { AppError } from '../contract/errors.js'
import { PROTOCOL_VERSION } from '../contract/version.js'
import { ServerMessage } from './messages.js'
import type { Transport } from './transport.js'

export interface Client<M extends CommandMap, E> {
  call<N extends keyof M & string>(name: N, input: InputOf<M[N]>): Promise<OutputOf<M[N]>>
  /** Returns the way out. */
  onEvent(listener: (event: E) => void): () => void
  /** Fires once, with a reason for people. */
  onClose(listener: (reason: string) => void): () => void
  close(): void
}

interface Pending {
  resolve(output: unknown): void
  reject(error: Error): void
}

export interface ClientOptions<E> {
  readonly parseEvent: (raw: unknown) => E
  /** What a lost connection means here: the engine's death is another story than a closed window. */
  readonly closedError: (reason: string) => AppError
  /** The other side has said what has no known form; the connection ends. */
  readonly onNotUnderstood?: (reason: string) => void
}

/**
 * Typed calls and events over any wire. Outputs and events are parsed here, at the edge of the process. A message that
 * cannot be understood ends the connection: what was lost with it is not known.
 */
export function connect<M extends CommandMap, E>(
  transport: Transport,
  commands: M,
  options: ClientOptions<E>,
): Client<M, E> {
  const pending = new Map<number, Pending>()
  const listeners = new Set<(event: E) => void>()
  let nextId = 0
  let lost: AppError | null = null

  transport.onMessage((raw) => {
    const message = understood((form) => ServerMessage.parse(form), raw)
    if (message === null) return
    switch (message.kind) {
      case 'event': {
        const event = understood(options.parseEvent, message.event)
        if (event === null) return
        for (const listener of [...listeners]) listener(event)
        return
      }
      case 'refused':
        return fail(new AppError(message.error))
      case 'result':
        pending.get(message.id)?.resolve(message.output)
        break
      case 'error':
        pending.get(message.id)?.reject(new AppError(message.error))
        break
    }
    pending.delete(message.id)
  })
  transport.onClose((reason) => fail(options.closedError(reason)))
  transport.send({ kind: 'hello', protocol: PROTOCOL_VERSION })

  /** Null, and the end of the connection, for what has not the form that it should have. */
  function understood<T>(parse: (unknownForm: unknown) => T, unknownForm: unknown): T | null {
    try {
      return parse(unknownForm)
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      const what = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
      const reason = `it said something that this version does not understand (${what})`
      options.onNotUnderstood?.(reason)
      transport.close(reason)
      return null
    }
  }

  function fail(error: AppError): void {
    lost ??= error
    for (const waiting of pending.values()) waiting.reject(lost)
    pending.clear()
  }

  return {
    call(name, input) {
      if (lost !== null) return Promise.reject(lost)
      const id = nextId++
      return new Promise((resolve, reject) => {
        pending.set(id, {
          resolve: (output) => {
            const parsed = commands[name]!.output.safeParse(output)
            if (parsed.success) resolve(parsed.data as OutputOf<M[typeof name]>)
            else reject(new AppError({ code: 'internal', message: `The answer to "${name}" had an unknown form.` }))
          },
          reject,
        })
        transport.send({ kind: 'call', id, name, input })
      })
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onClose: (listener) => transport.onClose(listener),
    close: () => transport.close(),
  }
}
