/**
 * How much the size of the mask costs, pass by pass: more while the trigger succeeds, less while it does not, as in the
 * authors' code.
 */
export interface CostOptions {
  /** Success (0..1) that a mask has to reach. */
  readonly success: number
  /** Passes in a row after which the cost changes. */
  readonly patience: number
  /** By which it goes up; it comes down by this to the power of 1.5. */
  readonly factor: number
  /** Passes without a smaller mask after which it ends, once the cost has gone both ways. */
  readonly earlyPatience: number
}

export const FIRST_COST = 1e-3
/** What counts as smaller. */
const BETTER = 0.99

export interface CostCourse {
  readonly cost: number
  /** Whether there is nothing more to be had. */
  readonly isDone: boolean
  /** Whether the mask of this pass is the smallest so far that succeeds. */
  note(success: number, norm: number): boolean
}

export function createCostCourse({ success: wanted, patience, factor, earlyPatience }: CostOptions): CostCourse {
  let cost = FIRST_COST
  let [ups, downs] = [0, 0]
  let [wentUp, wentDown] = [false, false]
  let best = Infinity
  let [reference, stale] = [Infinity, 0]
  return {
    get cost() {
      return cost
    },
    get isDone() {
      return stale >= earlyPatience && wentUp && wentDown
    },
    note(success, norm) {
      const succeeds = success >= wanted
      const isBest = succeeds && norm < best
      if (isBest) best = norm
      if (best < Infinity) {
        stale = best >= BETTER * reference ? stale + 1 : 0
        reference = Math.min(best, reference)
      }
      ;[ups, downs] = succeeds ? [ups + 1, 0] : [0, downs + 1]
      if (ups >= patience) {
        ups = 0
        cost *= factor
        wentUp = true
      } else if (downs >= patience) {
        downs = 0
        cost /= factor ** 1.5
        wentDown = true
      }
      return isBest
    },
  }
}
