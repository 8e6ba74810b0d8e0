import type { Network } from '../nn/network.js'

/** At most `limit` of the candidates, evenly spread over them. */
export function evenlySpread(candidates: Uint32Array, limit: number): Uint32Array {
  if (candidates.length <= limit) return candidates
  return Uint32Array.from({ length: limit }, (_, k) => candidates[Math.floor((k * candidates.length) / limit)]!)
}

export function allIndices(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index)
}

const LARGE = 1_000_000
const FEW_IMAGES = 16
const MANY_IMAGES = 256

/** Images of one pass: few enough that whoever asks something short in between does not wait. */
export function passSize({ parameters }: Network): number {
  const weights = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  return weights > LARGE ? FEW_IMAGES : MANY_IMAGES
}

/** `indices` in parts of `size`. */
export function inParts(indices: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(indices.length / size) }, (_, part) =>
    indices.subarray(part * size, (part + 1) * size),
  )
}
