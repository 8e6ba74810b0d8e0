import type { WireError } from '../../../../src-shared/contract/index.js'

/** Something that was asked of the run and could not be done. */
export interface Refusal {
  readonly title: string
  readonly error: WireError
}
