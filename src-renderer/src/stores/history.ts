/** Past, present and future of a value that is replaced as a whole. */
export interface History<T> {
  readonly past: readonly T[]
  readonly present: T
  readonly future: readonly T[]
  /** What the last change was about; changes of the same thing in quick succession count as one. */
  readonly topic: string | null
  readonly changedAtMs: number
}

const MAX_STEPS = 200
/** A pause in typing after which a change counts as a new one. */
const SAME_CHANGE_MS = 800

let own = 0

/** A topic of its own for what is to be undone by itself, however quickly it follows another. */
export function ownTopic(what: string): string {
  return `${what}.${++own}`
}

export function historyOf<T>(present: T): History<T> {
  return { past: [], present, future: [], topic: null, changedAtMs: -Infinity }
}

export function changed<T>(history: History<T>, present: T, topic: string, nowMs: number): History<T> {
  const isSameChange = topic === history.topic && nowMs - history.changedAtMs < SAME_CHANGE_MS
  const past = isSameChange ? history.past : [...history.past, history.present].slice(-MAX_STEPS)
  return { past, present, future: [], topic, changedAtMs: nowMs }
}

export function undone<T>(history: History<T>): History<T> {
  const present = history.past.at(-1)
  if (present === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present,
    future: [history.present, ...history.future],
    topic: null,
    changedAtMs: -Infinity,
  }
}

export function redone<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future
  if (present === undefined) return history
  return { past: [...history.past, history.present], present, future, topic: null, changedAtMs: -Infinity }
}
