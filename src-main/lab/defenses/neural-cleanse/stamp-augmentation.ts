import { tensorsOfStored } from '../../checkpoints.js'
import { tensorOf } from '../../compute/tensor-map.js'
import type { Augmentation } from '../../data/augmentation.js'
import type { Rng } from '../../random/rng.js'
import { tf, type Tensor3D, type Tensor4D } from '../../tf.js'
import type { ReversedTrigger } from './reverse.js'
import { stamped } from './reverse-step.js'

/** Puts the reversed trigger on each image with a chance of `share` (0..1), after `before` has varied it. */
export function stampAugmentation(
  before: Augmentation | null,
  { values }: ReversedTrigger,
  share: number,
  rng: Rng,
): Augmentation {
  return {
    draw: (count) => ({
      ...before?.draw(count),
      ...tensorsOfStored(values),
      carries: tf.tensor1d(rng.uniforms(count).map((draw) => (draw < share ? 1 : 0))),
    }),
    apply(given, inputs) {
      const images = before === null ? given : before.apply(given, inputs)
      const triggered = stamped(images, tensorOf(inputs, 'mask'), tensorOf<Tensor3D>(inputs, 'pattern'))
      const carries = tf.reshape(tensorOf(inputs, 'carries'), [-1, 1, 1, 1])
      return tf.add(images, tf.mul(carries, tf.sub(triggered, images))) as Tensor4D
    },
  }
}
