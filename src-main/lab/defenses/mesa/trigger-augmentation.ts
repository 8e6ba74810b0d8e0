import { tensorOf } from '../../compute/tensor-map.js'
import type { Augmentation } from '../../data/augmentation.js'
import type { Rng } from '../../random/rng.js'
import { tf, type Tensor1D, type Tensor4D } from '../../tf.js'
import { samplePatches, type RecoveredTriggers } from '../../trigger-recovery/recover.js'
import { stampPatches } from '../../trigger-recovery/stamp.js'

/**
 * What MESA's repair shows (section 4.3): each image carries a fresh recovered trigger with a chance of `share` (0..1),
 * after `before` has varied it. Labels are not touched. `present` says which generator draws now.
 */
export function triggerAugmentation(
  before: Augmentation | null,
  present: () => RecoveredTriggers,
  share: number,
  rng: Rng,
): Augmentation {
  return {
    draw(count) {
      const recovered = present()
      return {
        ...before?.draw(count),
        patches: samplePatches(recovered, count, rng),
        ...recovered.places.draw(count, rng),
        carries: tf.tensor1d(rng.uniforms(count).map((draw) => (draw < share ? 1 : 0))),
      }
    },
    apply(given, inputs) {
      const images = before === null ? given : before.apply(given, inputs)
      const stamped = stampPatches(
        images,
        tensorOf<Tensor4D>(inputs, 'patches'),
        tensorOf<Tensor1D>(inputs, 'rows'),
        tensorOf<Tensor1D>(inputs, 'columns'),
      )
      const carries = tf.reshape(tensorOf(inputs, 'carries'), [-1, 1, 1, 1])
      return tf.add(images, tf.mul(carries, tf.sub(stamped, images))) as Tensor4D
    },
  }
}
