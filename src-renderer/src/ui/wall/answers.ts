/** What a model answers to the images of the wall, and how it stands with them as a whole. */

export interface WallLayout {
  readonly columns: number
  readonly trueClasses: readonly number[]
  readonly targetClasses: readonly number[]
}

export interface WallFrame {
  readonly epoch: number
  readonly step: number
  readonly predicted: readonly number[]
  readonly confidence: readonly number[]
}

/** `unknown`: the images hang, but nobody has asked the model yet. */
export type AnswerKind = 'target' | 'true' | 'other' | 'unknown'

export interface Answer {
  readonly trueClass: number
  readonly targetClass: number
  readonly predicted: number | null
  readonly confidence: number | null
  readonly kind: AnswerKind
}

export interface AnswerCounts {
  readonly target: number
  readonly true: number
  readonly other: number
  readonly total: number
}

/** The sign and the words of each kind of answer: never its colour alone. */
export const answerLooks = {
  target: { sign: '▲', word: 'target', meaning: "the attacker's target" },
  true: { sign: '✓', word: 'true class', meaning: 'the true class' },
  other: { sign: '✕', word: 'other', meaning: 'a third class' },
  unknown: { sign: '·', word: 'not asked', meaning: 'not asked yet' },
} as const satisfies Record<AnswerKind, { sign: string; word: string; meaning: string }>

export function answerKind(predicted: number | null, trueClass: number, targetClass: number): AnswerKind {
  if (predicted === null) return 'unknown'
  if (predicted === targetClass) return 'target'
  return predicted === trueClass ? 'true' : 'other'
}

/** One answer per image; `frame` is null before the first look. */
export function answersAt({ trueClasses, targetClasses }: WallLayout, frame: WallFrame | null): Answer[] {
  return trueClasses.map((trueClass, index) => {
    const targetClass = targetClasses[index] ?? -1
    const predicted = frame?.predicted[index] ?? null
    const confidence = frame?.confidence[index] ?? null
    return { trueClass, targetClass, predicted, confidence, kind: answerKind(predicted, trueClass, targetClass) }
  })
}

export function countAnswers({ trueClasses, targetClasses }: WallLayout, { predicted }: WallFrame): AnswerCounts {
  const counts = { target: 0, true: 0, other: 0 }
  trueClasses.forEach((trueClass, index) => {
    const kind = answerKind(predicted[index] ?? null, trueClass, targetClasses[index] ?? -1)
    if (kind !== 'unknown') counts[kind]++
  })
  return { ...counts, total: trueClasses.length }
}

/** How many answers differ between two moments. */
export function countTurned(from: WallFrame, to: WallFrame): number {
  return to.predicted.filter((predicted, index) => predicted !== from.predicted[index]).length
}

export function describeCounts({ target, true: right, other, total }: AnswerCounts): string {
  return `target ${target}, true class ${right}, other ${other} of ${total}`
}
