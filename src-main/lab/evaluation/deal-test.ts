import type { RandomStreams } from '../random/streams.js'

/** Positions in the test split. */
export interface DealtTest {
  readonly defender: Uint32Array
  /** What no defense sees. */
  readonly evaluation: Uint32Array
}

/** Deals the test split of `count` images: a share (0..1) to the defender, the rest to the evaluation. */
export function dealTest(count: number, defenderShare: number, random: RandomStreams): DealtTest {
  const order = random.stream('defender-split').permutation(count)
  const defenderCount = Math.round(defenderShare * count)
  return { defender: order.subarray(0, defenderCount), evaluation: order.subarray(defenderCount) }
}
