import { confusionMatrix } from '../../../../src-shared/inspection/confusion.js'
import { count as countWords, percent, plural } from '../format.js'

/** Counts of answers by true class, true classes in rows. */
export interface Confusion {
  readonly classes: number
  /** classes x classes, row by row. */
  readonly counts: Uint32Array
  /** Samples of each true class. */
  readonly totals: Uint32Array
  readonly right: number
  readonly total: number
}

export function confusionOf(labels: Uint8Array, answers: Uint8Array, classes: number): Confusion {
  const counts = confusionMatrix(labels, answers, classes)
  const totals = new Uint32Array(classes)
  let right = 0
  for (let row = 0; row < classes; row++) {
    totals[row] = counts.subarray(row * classes, (row + 1) * classes).reduce((sum, count) => sum + count, 0)
    right += counts[row * classes + row]!
  }
  return { classes, counts, totals, right, total: labels.length }
}

/** A cell of a matrix. */
export interface ConfusionPair {
  readonly trueClass: number
  readonly answer: number
}

export interface ConfusedPair extends ConfusionPair {
  readonly count: number
  /** Of the samples of the true class, 0 to 1. */
  readonly share: number
}

/** Share (0..1) of the samples of the true class that get the answer; 0 where there are none. */
export function shareOf({ classes, counts, totals }: Confusion, { trueClass, answer }: ConfusionPair): number {
  const total = totals[trueClass]!
  return total === 0 ? 0 : counts[trueClass * classes + answer]! / total
}

/** What is most often taken for something else. */
export function mostConfused(confusion: Confusion, most: number): ConfusedPair[] {
  const { classes, counts } = confusion
  return [...counts.keys()]
    .map((cell) => ({ ...pairAt(cell, classes), count: counts[cell]! }))
    .filter(({ trueClass, answer, count }) => trueClass !== answer && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
    .map((pair) => ({ ...pair, share: shareOf(confusion, pair) }))
}

/** The pair at a position, row by row. */
export function pairAt(cell: number, classes: number): ConfusionPair {
  return { trueClass: Math.floor(cell / classes), answer: cell % classes }
}

/** A cell in words. */
export function pairWords(confusion: Confusion, pair: ConfusionPair, classNames: readonly string[]): string {
  const found = confusion.counts[pair.trueClass * confusion.classes + pair.answer]!
  const [name, answer] = [classNames[pair.trueClass] ?? '?', classNames[pair.answer] ?? '?']
  return `${plural(found, 'sample')} of class ${name} taken for ${answer}`
}

/** The same with the share, for looking at. */
export function pairFigures(confusion: Confusion, pair: ConfusionPair, classNames: readonly string[]): string {
  const of = countWords(confusion.totals[pair.trueClass]!)
  return `${pairWords(confusion, pair, classNames)} (${percent(shareOf(confusion, pair))} of ${of})`
}
