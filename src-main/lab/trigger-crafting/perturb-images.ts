/**
 * Images that a model can no longer tell, by projected gradient ascent on their own loss: Madry, Makelov, Schmidt, Tsipras and
 * Vladu, "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018 (arXiv 1706.06083).
 */
import { compileStep, createStateStore, type Step } from '../compute/step.js'
import { tensorOf } from '../compute/tensor-map.js'
import { imageTensor, labelTensor, orderedBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, type Classifier } from '../nn/network.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { signedStep } from './patch-step.js'

const WHITE = 255
const BATCH = 64

/**
 * State: `images` (batch x height x width x channels, 0..1), `anchor` (what they were), `labels`. Input: `stepSize`. Output:
 * `loss`, the mean cross-entropy with the labels, negative because it is to grow.
 */
export function perturbationStep({ network, weights }: Classifier, radius: number): Step {
  return signedStep(
    'images',
    (images, state) => {
      const { logits } = classify(network, weights, images as Tensor4D, 'running')
      return tf.neg(tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(state, 'labels'))))
    },
    radius,
  )
}

export interface PerturbationOptions {
  readonly steps: number
  /** In units of 0..255. */
  readonly stepSize: number
  /** The furthest that a value is moved, in units of 0..255. */
  readonly radius: number
}

/** The images after so many steps, as bytes, image by image. */
export async function perturbImages(
  classifier: Classifier,
  images: ImageSet,
  { steps, stepSize, radius }: PerturbationOptions,
  context: RunContext,
): Promise<Uint8Array> {
  const perturbed = new Uint8Array(images.pixels.length)
  const batches = orderedBatches(images.count, BATCH)
  const note = 'perturbing images'
  const pace = createPace(context, { epochs: 1, stepsPerEpoch: batches.length * steps, note })
  const size = images.pixels.length / Math.max(1, images.count)
  for (const batch of batches) {
    const anchor = imageTensor(images, batch)
    const store = createStateStore({ images: tf.clone(anchor), anchor, labels: labelTensor(images, batch) })
    try {
      const step = compileStep(perturbationStep(classifier, radius / WHITE), store)
      for (let done = 0; done < steps; done++) {
        const outputs = step({ stepSize: tf.scalar(stepSize / WHITE) })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
      }
      const values = await tensorOf(store.tensors, 'images').data()
      perturbed.set(
        Uint8Array.from(values, (value) => Math.round(WHITE * value)),
        batch[0]! * size,
      )
    } finally {
      store.dispose()
    }
  }
  return perturbed
}
