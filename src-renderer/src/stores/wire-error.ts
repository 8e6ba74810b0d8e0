import { AppError, errorTitles, type WireError } from '../../../src-shared/contract/index.js'

/** Whatever was thrown, as an error that can be shown. */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) return error.toWire()
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}

export function titleOf(error: WireError): string {
  return errorTitles[error.code]
}
