import { createRng, type Rng, type RngState } from './rng.js'

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

export function createRandomStreams(seed: number, prefix = '', ledger = createStreamLedger()): RandomStreams {
  return {
    stream(name) {
      const rng = createRng(hashWords(`${seed}:${prefix}${name}`))
      ledger.add(`${prefix}${name}`, rng)
      return rng
    },
    within: (name) => createRandomStreams(seed, `${prefix}${name}/`, ledger),
  }
}

/** Where all streams of a run are at one moment: of each name, the states of its generators as they were asked for. */
export type StreamStates = Readonly<Record<string, readonly RngState[]>>

/** Every generator that was handed out, so that all of them can be put back to one moment. */
export interface StreamLedger {
  add(name: string, rng: Rng): void
  states(): StreamStates
  /**
   * Puts back every generator that is there. One that had been asked for by then and is not there now belongs to work
   * that need not be repeated; it only keeps its place.
   */
  restore(states: StreamStates): void
}

export function createStreamLedger(): StreamLedger {
  let handedOut = new Map<string, (Rng | RngState)[]>()
  const stateOf = (entry: Rng | RngState): RngState => ('state' in entry ? entry.state() : entry)
  return {
    add(name, rng) {
      const others = handedOut.get(name)
      if (others === undefined) handedOut.set(name, [rng])
      else others.push(rng)
    },
    states: () => Object.fromEntries([...handedOut].map(([name, entries]) => [name, entries.map(stateOf)])),
    restore(states) {
      const before = handedOut
      handedOut = new Map(
        Object.entries(states).map(([name, saved]) => [
          name,
          saved.map((state, index) => {
            const rng = before.get(name)?.[index]
            if (rng === undefined || !('state' in rng)) return state
            rng.restore(state)
            return rng
          }),
        ]),
      )
    },
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
