/** All that a generator remembers: four 32-bit words. */
export type RngState = readonly [number, number, number, number]

/**
 * Seeded random numbers. The generator is sfc32 (Doty-Humphrey, PractRand): 128 bits of state, fast in plain integer
 * arithmetic, passes BigCrush. Not for cryptography.
 */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** A whole number in [0, count). `count` up to 2^32. */
  below(count: number): number
  /** Standard normal. */
  normal(): number
  /** The numbers 0 to count - 1 in random order. */
  permutation(count: number): Uint32Array
  /** `count` different numbers of 0 to population - 1, in random order. */
  sample(population: number, count: number): Uint32Array
  /** `count` uniform numbers, as a tensor's data. */
  uniforms(count: number): Float32Array
  /** `count` normal numbers times `deviation`, as a tensor's data. */
  normals(count: number, deviation?: number): Float32Array
  state(): RngState
  /** From here on it draws what the generator drew that had this state. */
  restore(state: RngState): void
}

export function createRng(words: RngState): Rng {
  let [a, b, c, counter] = words

  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result >>> 0
  }
  // The first outputs still resemble the seed.
  for (let i = 0; i < 15; i++) next()

  const uniform = (): number => next() / 2 ** 32
  const below = (count: number): number => Math.floor(uniform() * count)
  const normal = (): number => {
    // Box and Muller (1958). 1 - u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    return radius * Math.cos(2 * Math.PI * uniform())
  }
  const sample = (population: number, count: number): Uint32Array => {
    if (count > population) throw new RangeError(`Cannot draw ${count} different numbers out of ${population}`)
    const order = Uint32Array.from({ length: population }, (_, index) => index)
    for (let i = 0; i < count; i++) {
      const j = i + below(population - i)
      const kept = order[i]!
      order[i] = order[j]!
      order[j] = kept
    }
    return order.slice(0, count)
  }

  return {
    uniform,
    between: (low, high) => low + uniform() * (high - low),
    below,
    normal,
    sample,
    permutation: (count) => sample(count, count),
    uniforms: (count) => Float32Array.from({ length: count }, uniform),
    normals: (count, deviation = 1) => Float32Array.from({ length: count }, () => normal() * deviation),
    state: () => [a, b, c, counter],
    restore: (state) => void ([a, b, c, counter] = state),
  }
}
