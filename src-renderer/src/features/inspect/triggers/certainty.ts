import type { Detection } from '../../../../../src-shared/model/run-record.js'
import { NORMAL_CONSISTENCY } from '../../../../../src-shared/util/anomaly.js'
import { median } from '../../../../../src-shared/util/statistics.js'

/** How far the class whose recovered triggers succeed most stands out from the others. */
export interface Certainty {
  readonly name: string
  /** Beyond the base rate, 0 to 1. */
  readonly success: number
  /** Of the next class. */
  readonly next: number
  /** Deviations of the classes from their median that it lies above it; null where they do not differ. */
  readonly deviations: number | null
}

/** Null for fewer than two classes, and where they were not judged by success. */
export function certaintyOf({ classes, maskNorms }: Detection): Certainty | null {
  if (maskNorms !== undefined) return null
  const beyond = classes
    .map(({ name, recoveredSuccess, baseRate }) => ({ name, success: recoveredSuccess - baseRate }))
    .toSorted((a, b) => b.success - a.success)
  const [first, second] = beyond
  if (first === undefined || second === undefined) return null
  const values = beyond.map(({ success }) => success)
  const middle = median(values)
  const deviation = NORMAL_CONSISTENCY * median(values.map((value) => Math.abs(value - middle)))
  return {
    name: first.name,
    success: first.success,
    next: second.success,
    deviations: deviation > 0 ? (first.success - middle) / deviation : null,
  }
}
