import { isFlipped } from '../../../../../src-shared/inspection/outcomes.js'
import type { Answers, SplitData } from './split-data.js'

/** What a sample is to be to be shown; all that is asked for at once. */
export interface SampleFilter {
  readonly trueClass: number | null
  /** What the model whose answers are shown says in the view that is shown. */
  readonly answer: number | null
  readonly only: readonly SampleTrait[]
}

export const SAMPLE_TRAITS = ['poisoned', 'flipped', 'repaired', 'wrong'] as const
export type SampleTrait = (typeof SAMPLE_TRAITS)[number]

export const traitWords: Readonly<Record<SampleTrait, { readonly title: string; readonly meaning: string }>> = {
  poisoned: { title: 'Poisoned', meaning: 'The victim was trained on it with the trigger and the wanted label.' },
  flipped: {
    title: 'Flipped by the attack',
    meaning: 'The victim takes it for another class without the trigger, and for the target class with it.',
  },
  repaired: {
    title: 'Repaired',
    meaning: 'Flipped by the attack, and taken for its true class by the repaired model in spite of the trigger.',
  },
  wrong: {
    title: 'Wrong after',
    meaning: 'The repaired model does not take it for its true class, in the view that is shown.',
  },
}

export const noFilter: SampleFilter = { trueClass: null, answer: null, only: [] }

export function isFiltered({ trueClass, answer, only }: SampleFilter): boolean {
  return trueClass !== null || answer !== null || only.length > 0
}

/** The answers that a filter looks at; null where they are not there (yet). */
export interface FilterAnswers {
  /** Of the model and the view that are shown. */
  readonly shown: Answers | null
  readonly victimClean: Answers | null
  readonly victimTriggered: Answers | null
  readonly repairedTriggered: Answers | null
  /** Of the repaired model in the view that is shown. */
  readonly repairedShown: Answers | null
}

export type AnswerName = keyof FilterAnswers

/** What has to be asked before a filter can be applied. */
export function answersNeeded({ answer, only }: SampleFilter): AnswerName[] {
  const needed = new Set<AnswerName>()
  if (answer !== null) needed.add('shown')
  if (only.includes('flipped') || only.includes('repaired')) needed.add('victimClean').add('victimTriggered')
  if (only.includes('repaired')) needed.add('repairedTriggered')
  if (only.includes('wrong')) needed.add('repairedShown')
  return [...needed]
}

/** Indices of the samples that pass, ascending; null while answers that it needs are missing. */
export function filterSamples(split: SplitData, answers: FilterAnswers, filter: SampleFilter): Int32Array | null {
  if (answersNeeded(filter).some((name) => answers[name] === null)) return null
  const { trueClass, answer, only } = filter
  const traits = only.map((trait) => traitTest(trait, split, answers))
  const found = new Int32Array(split.count)
  let count = 0
  for (let index = 0; index < split.count; index++) {
    if (trueClass !== null && split.labels[index] !== trueClass) continue
    if (answer !== null && answers.shown?.classes[index] !== answer) continue
    if (!traits.every((has) => has(index))) continue
    found[count++] = index
  }
  return found.slice(0, count)
}

function traitTest(trait: SampleTrait, split: SplitData, answers: FilterAnswers): (index: number) => boolean {
  const { labels, targets, poisoned } = split
  const { victimClean, victimTriggered, repairedTriggered, repairedShown } = answers
  const asked = { labels, targets, clean: victimClean?.classes ?? [], victim: victimTriggered?.classes ?? [] }
  const flipped = (index: number): boolean => isFlipped(asked, index)
  switch (trait) {
    case 'poisoned':
      return (index) => poisoned[index] === 1
    case 'flipped':
      return flipped
    case 'repaired':
      return (index) => flipped(index) && repairedTriggered?.classes[index] === labels[index]
    case 'wrong':
      return (index) => repairedShown?.classes[index] !== labels[index]
  }
}
