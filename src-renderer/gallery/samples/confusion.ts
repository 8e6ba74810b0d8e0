import { confusionOf, type Confusion } from '../../src/ui/confusion/confusion.js'

const SAMPLES = 20

/** Most samples right, some taken for a neighbour, and a share (0..1) of each class taken for the target. */
export function confusionSample(classes: number, flipped = 0.2, target = 0): Confusion {
  const labels: number[] = []
  const answers: number[] = []
  for (let label = 0; label < classes; label++) {
    for (let k = 0; k < SAMPLES; k++) {
      labels.push(label)
      if (k < flipped * SAMPLES) answers.push(target)
      else answers.push(k % 7 === 0 ? (label + 1 + (label % 5)) % classes : label)
    }
  }
  return confusionOf(Uint8Array.from(labels), Uint8Array.from(answers), classes)
}

export const classNamesSample = (classes: number): string[] =>
  Array.from({ length: classes }, (_, label) => `class ${label}`)
