/** Counts of answers by true class, true classes in rows. */
export interface Confusion {
  readonly classes: number
  /** classes x classes, row by row. */
  readonly counts: Int32Array
  /** Samples of each true class. */
  readonly totals: Int32Array
  readonly right: number
  readonly total: number
}

export function confusionOf(labels: Uint8Array, answers: Uint8Array, classes: number): Confusion {
  const counts = new Int32Array(classes * classes)
  const totals = new Int32Array(classes)
  let right = 0
  labels.forEach((label, index) => {
    const answer = answers[index]!
    counts[label * classes + answer]! += 1
    totals[label]! += 1
    if (answer === label) right += 1
  })
  return { classes, counts, totals, right, total: labels.length }
}

export interface ConfusedPair {
  readonly trueClass: number
  readonly answer: number
  readonly count: number
  /** Of the samples of the true class, 0 to 1. */
  readonly share: number
}

/** What is most often taken for something else. */
export function mostConfused({ classes, counts, totals }: Confusion, most: number): ConfusedPair[] {
  return [...counts.keys()]
    .map((cell) => ({ trueClass: Math.floor(cell / classes), answer: cell % classes, count: counts[cell]! }))
    .filter(({ trueClass, answer, count }) => trueClass !== answer && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
    .map((pair) => ({ ...pair, share: pair.count / totals[pair.trueClass]! }))
}
