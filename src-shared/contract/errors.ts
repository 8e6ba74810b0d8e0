import { z } from 'zod'

export const ErrorCode = z.enum([
  'invalid-input',
  'not-found',
  'conflict',
  'busy',
  'cancelled',
  'data-missing',
  'unsupported',
  'refused',
  'disconnected',
  'storage',
  'engine-crashed',
  'interrupted',
  'out-of-memory',
  'diverged',
  'internal',
])
export type ErrorCode = z.infer<typeof ErrorCode>

/** One line per code, shown where an error has no better words. A new code without a text does not compile. */
export const errorTitles: Record<ErrorCode, string> = {
  'invalid-input': 'Something in the request is not allowed',
  'not-found': 'There is no such thing here',
  conflict: 'It cannot be done in the present state',
  busy: 'Something else is in progress',
  cancelled: 'It was cancelled',
  'data-missing': 'Data that is needed is not there',
  unsupported: 'This is not supported here',
  refused: 'The door is closed to this request',
  disconnected: 'The connection is gone',
  storage: 'A file could not be read or written',
  'engine-crashed': 'The engine stopped unexpectedly',
  interrupted: 'It ended before it was done',
  'out-of-memory': 'There was not enough memory',
  diverged: 'The optimisation diverged',
  internal: 'Something went wrong inside the program',
}

/** One wrong field: where it is, what it holds, and what it may hold. */
export const FieldError = z.object({
  path: z.string(),
  value: z.string().meta({ description: 'What was found there, as short text.' }),
  message: z.string(),
})
export type FieldError = z.infer<typeof FieldError>

export const WireError = z.object({
  code: ErrorCode,
  message: z.string(),
  fields: z.array(FieldError).optional(),
  hint: z.string().optional().meta({ description: 'What to do about it.' }),
})
export type WireError = z.infer<typeof WireError>

/** The one error that crosses processes as it is. Anything else that is thrown becomes `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fields: readonly FieldError[] | undefined
  readonly hint: string | undefined

  constructor(error: WireError, options?: { cause?: unknown }) {
    super(error.message, options)
    this.code = error.code
    this.fields = error.fields
    this.hint = error.hint
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.fields === undefined ? {} : { fields: [...this.fields] }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    }
  }
}
