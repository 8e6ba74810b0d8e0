/** What attack and defense did to a sample, by the classes that the models answer for it. */
export const outcomes = ['untouched', 'flipped', 'repaired', 'still-flipped', 'wrong-after'] as const
export type Outcome = (typeof outcomes)[number]

export interface ModelAnswers {
  /** True classes. */
  readonly labels: ArrayLike<number>
  /** The class that the attacker wants for each; its own where there is nothing to want. */
  readonly targets: ArrayLike<number>
  /** What the victim answers without the trigger. */
  readonly clean: ArrayLike<number>
  /** What the victim answers with it. */
  readonly victim: ArrayLike<number>
  /** What the repaired model answers with the trigger; null where there is none. */
  readonly repaired: ArrayLike<number> | null
}

/**
 * Whether the attack turned the sample: with the trigger the victim answers what the attacker wants, which is neither its
 * class nor what the victim answers without the trigger.
 */
export function isFlipped({ labels, targets, clean, victim }: Omit<ModelAnswers, 'repaired'>, index: number): boolean {
  const target = targets[index]
  return target !== labels[index] && victim[index] === target && clean[index] !== target
}

/**
 * `flipped`: turned, and there is no repaired model. `repaired`: turned, and right again. `still-flipped`: turned, and still
 * what the attacker wants. `wrong-after`: wrong in another way after the defense, turned before or not. `untouched`: none
 * of these.
 */
export function outcomeOf(answers: ModelAnswers, index: number): Outcome {
  const flipped = isFlipped(answers, index)
  const after = answers.repaired?.[index]
  if (after === undefined) return flipped ? 'flipped' : 'untouched'
  if (after === answers.labels[index]) return flipped ? 'repaired' : 'untouched'
  return flipped && after === answers.targets[index] ? 'still-flipped' : 'wrong-after'
}
