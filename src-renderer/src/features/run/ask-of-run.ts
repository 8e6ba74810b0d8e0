import { toWireError } from '../../stores/wire-error.js'
import type { Refusal } from './refusal.js'

/** Asks something of a run; what is refused is shown under this title. Tells whether it was done. */
export type AskOfRun = (title: string, order: () => Promise<void>) => Promise<boolean>

/** `show` is told of a refusal, and of null when something is asked anew. */
export function createAskOfRun(show: (refusal: Refusal | null) => void): AskOfRun {
  return async (title, order) => {
    show(null)
    try {
      await order()
      return true
    } catch (thrown) {
      show({ title, error: toWireError(thrown) })
      return false
    }
  }
}
