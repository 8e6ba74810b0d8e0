import type { ErrorCode, WireError } from '../../src-shared/contract/errors.js'

/** The statuses that are given here, and what each of them is called in the contract. */
const codes = {
  400: 'invalid-input',
  403: 'refused',
  404: 'not-found',
  405: 'refused',
  408: 'refused',
  409: 'conflict',
  413: 'invalid-input',
  415: 'refused',
  426: 'refused',
  429: 'busy',
  431: 'invalid-input',
  500: 'internal',
  503: 'busy',
} as const satisfies Record<number, ErrorCode>

export type RefusalStatus = keyof typeof codes

export function isRefusalStatus(status: unknown): status is RefusalStatus {
  return typeof status === 'number' && Object.hasOwn(codes, status)
}

/** A request that is answered with words instead of what it asked for. Whoever finds the reason throws it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: RefusalStatus
  readonly wire: WireError

  constructor(status: RefusalStatus, message: string, hint?: string) {
    super(message)
    this.status = status
    this.wire = { code: codes[status], message, ...(hint === undefined ? {} : { hint }) }
  }
}

export function nothingHere(): Refused {
  return new Refused(404, 'There is nothing at this address.')
}
