import { createRng, type Rng } from './rng.js'

/**
 * A run's randomness: one independent generator per purpose, found by name. Adding a draw for one purpose never shifts
 * the draws of another, so a change to, say, the poisoning leaves the initial weights as they were.
 */
export interface RandomStreams {
  /** A new generator at the start of the stream `name`. Ask once per purpose and keep it. */
  stream(name: string): Rng
  /** Streams of a part of the run: `within('defense.0').stream('noise')`. */
  within(name: string): RandomStreams
}

export function createRandomStreams(seed: number, prefix = ''): RandomStreams {
  return {
    stream: (name) => createRng(hashWords(`${seed}:${prefix}${name}`)),
    within: (name) => createRandomStreams(seed, `${prefix}${name}/`),
  }
}

/** Four 32-bit words out of a text: FNV-1a, then the finisher of MurmurHash3 with a different offset per word. */
function hashWords(text: string): [number, number, number, number] {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  const word = (offset: number): number => {
    let h = (hash + Math.imul(offset, 0x9e3779b9)) | 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return h ^ (h >>> 16)
  }
  return [word(1), word(2), word(3), word(4)]
}
