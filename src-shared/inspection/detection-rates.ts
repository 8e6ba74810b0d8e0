/**
 * How well scores tell suspicious samples from others. A sample is flagged where its score is at or above a threshold;
 * `truth` is 1 where it should be.
 */

export interface Rates {
  readonly threshold: number
  readonly flagged: number
  /** Share (0..1) of the others that are flagged; null where there are none. */
  readonly falsePositiveRate: number | null
  /** Share (0..1) of the suspicious samples that are flagged; null where there are none. */
  readonly recall: number | null
  /** Share (0..1) of the flagged samples that are suspicious; null where none is flagged. */
  readonly precision: number | null
}

/** By each threshold at which something changes, from one above all scores to the lowest. */
export function ratesByThreshold(scores: Float32Array, truth: Uint8Array): Rates[] {
  const order = Array.from(scores, (_, index) => index).toSorted((a, b) => scores[b]! - scores[a]!)
  const suspicious = truth.reduce((sum, each) => sum + each, 0)
  const others = truth.length - suspicious
  const found: Rates[] = []
  let hits = 0
  const note = (threshold: number, flagged: number): void => {
    found.push({
      threshold,
      flagged,
      falsePositiveRate: others === 0 ? null : (flagged - hits) / others,
      recall: suspicious === 0 ? null : hits / suspicious,
      precision: flagged === 0 ? null : hits / flagged,
    })
  }
  note(Infinity, 0)
  order.forEach((index, k) => {
    hits += truth[index]!
    // Samples of one score are flagged together.
    if (k + 1 === order.length || scores[order[k + 1]!] !== scores[index]) note(scores[index]!, k + 1)
  })
  return found
}

/** Of the thresholds with at most this false positive rate (0..1), the one with the highest recall. */
export function ratesAtRate(byThreshold: readonly Rates[], falsePositiveRate: number): Rates {
  return byThreshold.findLast((rates) => (rates.falsePositiveRate ?? 0) <= falsePositiveRate)!
}

/**
 * Area under the curve of recall over false positive rate: the chance that a suspicious sample has a higher score than
 * another one, where equal scores count half. Null where there are not both.
 */
export function areaUnderRates(byThreshold: readonly Rates[]): number | null {
  let area = 0
  for (const [k, { falsePositiveRate, recall }] of byThreshold.entries()) {
    if (falsePositiveRate === null || recall === null) return null
    const before = byThreshold[k - 1]
    if (before === undefined) continue
    area += ((falsePositiveRate - before.falsePositiveRate!) * (recall + before.recall!)) / 2
  }
  return area
}
