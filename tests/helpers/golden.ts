/** Golden tests: cases that run on whichever backend is current, and their comparison with the stored values. */
import { readFileSync } from 'node:fs'
import type { TensorMap } from '../../src-main/lab/compute/tensor-map.js'
import { tf } from '../../src-main/lab/tf.js'

/**
 * A value may differ by `relative` of itself plus `typical` of the tensor's typical size (its root mean square) plus
 * `fixed`. The second part is for entries that are small because larger ones cancelled.
 */
export interface Tolerance {
  readonly relative: number
  readonly typical: number
  readonly fixed: number
}

/** A value whose true size is nought has no typical size; this is how far from nought it may be. */
export interface Nought {
  readonly atMost: number
}

/**
 * Float32 carries 6e-8. Sums over some hundred products, in whichever order a backend takes them, lose two digits of it;
 * several layers one after the other lose a little more.
 */
export const USUAL: Tolerance = { relative: 3e-5, typical: 3e-5, fixed: 0 }

/** Of one case; a mistake usually shows in every tensor. */
const MOST_COMPLAINTS = 10

export interface GoldenCase {
  readonly name: string
  /** Computes the case on the current backend. The tensors returned belong to the caller; no others may be left. */
  readonly run: () => TensorMap | Promise<TensorMap>
  /** For tensors that cannot keep to the usual tolerance: the first pattern that matches the name counts. */
  readonly tolerances?: readonly (readonly [RegExp, Tolerance | Nought])[]
}

/** The cases whose values lie in one file. */
export interface GoldenGroup {
  readonly file: string
  readonly cases: readonly GoldenCase[]
}

/** A small tensor whole, a larger one by what shows a mistake in it. */
type StoredTensor =
  | { readonly shape: readonly number[]; readonly values: readonly number[] }
  | {
      readonly shape: readonly number[]
      readonly sum: number
      readonly absoluteSum: number
      readonly norm: number
      /** Evenly spaced, from the first to the last. */
      readonly entries: readonly number[]
    }

export type StoredCases = Readonly<Record<string, Readonly<Record<string, StoredTensor>>>>

export function readGolden(file: string): StoredCases {
  const path = new URL(`../golden/values/${file}.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: StoredCases }).cases
}

/** Runs a case. In words, for people: where its values are not the stored ones, and what tensors it leaves behind. */
export async function goldenComplaints(golden: GoldenCase, stored: StoredCases): Promise<string[]> {
  const before = tf.memory().numTensors
  const results = await golden.run()
  const left = tf.memory().numTensors - before - Object.keys(results).length
  const expected = stored[golden.name] ?? {}
  const complaints = left === 0 ? [] : [`${left} tensors are left behind`]
  for (const name of Object.keys(expected)) if (!(name in results)) complaints.push(`${name} is not computed`)
  for (const [name, tensor] of Object.entries(results)) {
    const found = { shape: tensor.shape, values: await tensor.data() }
    tensor.dispose()
    const tolerance = golden.tolerances?.find(([pattern]) => pattern.test(name))?.[1] ?? USUAL
    const wrong = name in expected ? differences(found, expected[name]!, tolerance) : ['not among the stored values']
    complaints.push(...wrong.map((difference) => `${name}: ${difference}`))
  }
  const more = complaints.length - MOST_COMPLAINTS
  return more > 0 ? [...complaints.slice(0, MOST_COMPLAINTS), `and ${more} more`] : complaints
}

interface FoundTensor {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** In words; none when the tensor is as stored. */
function differences(found: FoundTensor, stored: StoredTensor, tolerance: Tolerance | Nought): string[] {
  if (found.shape.join() !== stored.shape.join()) return [`shape [${found.shape}] instead of [${stored.shape}]`]
  const values = Array.from(found.values)
  const complaints: string[] = []
  const compare = (what: string, value: number, expected: number, allowed: number): void => {
    // Not `>`, which NaN would pass.
    if (!(Math.abs(value - expected) <= allowed)) {
      complaints.push(`${what} is ${value} instead of ${expected}, off by ${Math.abs(value - expected)} > ${allowed}`)
    }
  }
  if ('atMost' in tolerance) {
    values.forEach((value, i) => compare(`[${i}]`, value, 0, tolerance.atMost))
    return complaints
  }
  const allowedFor = (expected: number, typical: number): number =>
    tolerance.relative * Math.abs(expected) + tolerance.typical * typical + tolerance.fixed
  if ('values' in stored) {
    const typical = normOf(stored.values) / Math.sqrt(stored.values.length)
    stored.values.forEach((expected, i) => compare(`[${i}]`, values[i]!, expected, allowedFor(expected, typical)))
    return complaints
  }
  const typical = stored.norm / Math.sqrt(values.length)
  stored.entries.forEach((expected, k) => {
    const i = Math.floor((k * (values.length - 1)) / (stored.entries.length - 1))
    compare(`[${i}]`, values[i]!, expected, allowedFor(expected, typical))
  })
  const { sum, absoluteSum, norm } = stored
  // What adds up to the sum may cancel, so its error is measured against the sum of the sizes.
  const allowedForSums = tolerance.relative * absoluteSum + tolerance.fixed * values.length
  compare('the sum', sumOf(values), sum, allowedForSums)
  compare('the sum of sizes', sumOf(values.map(Math.abs)), absoluteSum, allowedForSums)
  compare('the norm', normOf(values), norm, tolerance.relative * norm + tolerance.fixed * Math.sqrt(values.length))
  return complaints
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function normOf(values: readonly number[]): number {
  return Math.sqrt(sumOf(values.map((value) => value * value)))
}
