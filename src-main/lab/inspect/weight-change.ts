import { floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { Histogram, ParameterChange } from '../../../src-shared/model/inspection.js'

const BINS = 41

export interface StoredWeights {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** What became of one parameter. Output channels are the last dimension of its shape. */
export function changeOf(name: string, before: StoredWeights, after: StoredWeights): ParameterChange {
  const change = before.values.map((value, k) => after.values[k]! - value)
  const size = norm(before.values)
  const [low, high] = rangeOf(before.values, after.values)
  const largest = change.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  return {
    name,
    shape: [...before.shape],
    relative: size === 0 ? null : norm(change) / size,
    largest,
    channels: floatBlock(channelNorms(change, before.shape.at(-1) ?? 1)),
    before: histogram(before.values, low, high),
    after: histogram(after.values, low, high),
    change: histogram(change, -largest, largest),
  }
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, each) => sum + each * each, 0))
}

function rangeOf(...all: readonly Float32Array[]): [low: number, high: number] {
  let low = Infinity
  let high = -Infinity
  for (const values of all) {
    for (const value of values) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return [low, high]
}

function channelNorms(change: Float32Array, channels: number): Float32Array {
  const squares = new Float32Array(channels)
  change.forEach((each, k) => (squares[k % channels]! += each * each))
  return squares.map(Math.sqrt)
}

/** Values that are all the same fall into the middle bin. */
function histogram(values: Float32Array, low: number, high: number): Histogram {
  const counts = new Int32Array(BINS)
  const width = (high - low) / BINS
  for (const value of values) {
    const bin = width === 0 ? (BINS - 1) / 2 : Math.min(BINS - 1, Math.floor((value - low) / width))
    counts[bin]! += 1
  }
  return { low, high, counts: intBlock(counts) }
}
