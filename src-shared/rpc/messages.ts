import { z } from 'zod'
import { WireError } from '../contract/errors.js'

/** What crosses a wire from client to server. The first message must be a hello with the right protocol number. */
export const ClientMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), protocol: z.int() }),
  z.object({ kind: z.literal('call'), id: z.int().min(0), name: z.string(), input: z.unknown() }),
])
export type ClientMessage = z.infer<typeof ClientMessage>

export const ServerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refused'), error: WireError }),
  z.object({ kind: z.literal('result'), id: z.int().min(0), output: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.int().min(0), error: WireError }),
  z.object({ kind: z.literal('event'), event: z.unknown() }),
])
export type ServerMessage = z.infer<typeof ServerMessage>
