import { bytesOf, floatsOf, intsOf } from '../../../../../src-shared/model/array-block.js'
import type { Predictions, Region, SampleFacts } from '../../../../../src-shared/model/inspection.js'

/** What is known of every sample of a split, by its index. */
export interface SplitData {
  readonly count: number
  readonly labels: Uint8Array
  /** The class that the attacker wants; the true one where there is nothing to want. */
  readonly targets: Uint8Array
  readonly poisoned: Uint8Array
  /** In the dataset's own train or test images. */
  readonly positions: Int32Array
  /** Four numbers of each: top, left, height, width. Null without a trigger. */
  readonly regions: Int32Array | null
}

/** What a model answers for every sample of a split. */
export interface Answers {
  readonly classes: Uint8Array
  /** 0 to 1. */
  readonly confidence: Float32Array
}

export function splitData({ labels, targets, poisoned, positions, regions }: SampleFacts): SplitData {
  const classes = bytesOf(labels)
  return {
    count: classes.length,
    labels: classes,
    targets: bytesOf(targets),
    poisoned: bytesOf(poisoned),
    positions: intsOf(positions),
    regions: regions === null ? null : intsOf(regions),
  }
}

export function answersOf({ classes, confidence }: Predictions): Answers {
  return { classes: bytesOf(classes), confidence: floatsOf(confidence) }
}

/** What the true trigger paints on a sample. */
export function regionOf({ regions }: SplitData, index: number): Region | null {
  if (regions === null) return null
  const [top = 0, left = 0, height = 0, width = 0] = regions.subarray(4 * index, 4 * index + 4)
  return height === 0 || width === 0 ? null : { top, left, height, width }
}
