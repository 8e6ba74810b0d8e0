import { isOfCourse, type RunFact } from '../../src-shared/contract/events.js'

/**
 * The course of a run: the facts that it tells in the same order however often it is run. When a run is resumed, those
 * that were told before are not told again.
 */
export interface Course {
  /** How many of them had been told, and were written down, when this part of the run began. */
  readonly told: number
  /** How many the run has come to. */
  position(): number
  /** Goes on behind so many of them. */
  moveTo(position: number): void
  emit(fact: RunFact): void
  /** For what belongs to this part of the run alone. */
  tell(fact: RunFact): void
}

export function createCourse(told: number, emit: (fact: RunFact) => void): Course {
  let position = 0
  return {
    told,
    position: () => position,
    moveTo(place) {
      position = place
    },
    tell: emit,
    emit(fact) {
      if (isOfCourse(fact)) {
        position += 1
        if (position > told) emit(fact)
        return
      }
      // What lies between two facts that were told has been told, too.
      const isOld = position < told && (fact.type === 'run.progress' || fact.type === 'run.note')
      if (!isOld) emit(fact)
    },
  }
}
