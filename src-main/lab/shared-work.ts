/**
 * What defenses of one run need not work out twice. Two that ask the same question of the same victim, images and
 * randomness would get the same answer, so the second takes over that of the first; on its own it would work it out.
 */
export interface SharedWork {
  /**
   * The answer to `question`, which is plain data and holds all that the answer depends on besides the defender's view.
   * `isTaken`: it was there. The answer belongs to everybody, so it holds no tensors.
   */
  once<T>(question: unknown, work: () => Promise<T>): Promise<{ answer: T; isTaken: boolean }>
}

export function createSharedWork(): SharedWork {
  const answers = new Map<string, unknown>()
  return {
    async once<T>(question: unknown, work: () => Promise<T>) {
      const key = JSON.stringify(question)
      if (answers.has(key)) return { answer: answers.get(key) as T, isTaken: true }
      const answer = await work()
      answers.set(key, answer)
      return { answer, isTaken: false }
    },
  }
}
