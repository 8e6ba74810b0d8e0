import { softmaxCrossEntropy } from '../../../src-main/lab/kernels/index.js'
import { tf, type Tensor2D } from '../../../src-main/lab/tf.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts } from '../fill.js'
import { differentiate } from './differentiate.js'

function crossEntropy(name: string, scale: number, offset: number): GoldenCase {
  return {
    name,
    run: () =>
      tf.tidy(() => {
        const labels = fillInts(`${name}/labels`, 6, 10)
        const { y, ...gradients } = differentiate(
          name,
          () => ({ logits: fill(`${name}/logits`, [6, 10], scale, offset) }),
          ({ logits }) => ({ y: softmaxCrossEntropy(logits as Tensor2D, labels) }),
        )
        return { losses: y!, ...gradients }
      }),
  }
}

export const lossCases: GoldenGroup = {
  file: 'loss',
  cases: [
    crossEntropy('softmax cross-entropy', 3, 0),
    // Would overflow exp in float32 without the usual shift by the maximum.
    crossEntropy('softmax cross-entropy, wide logits', 150, 40),
  ],
}
