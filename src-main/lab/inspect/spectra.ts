/**
 * The frequencies of triggers. Zeng, Park, Mao and Jia, "Rethinking the Backdoor Attacks' Triggers: A Frequency
 * Perspective", ICCV 2021 (arXiv 2104.03413): many triggers that the eye does not see stand out in the discrete cosine
 * transform of the image.
 */
import { floatBlock } from '../../../src-shared/model/array-block.js'
import type { Spectra, SplitId } from '../../../src-shared/model/inspection.js'
import { allImages } from '../data/batches.js'
import { cosines } from '../compute/cosines.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'
import type { OpenRun } from './open-run.js'
import { allIndices, evenlySpread, inParts } from './spread.js'
import { viewImages } from './view-images.js'
import type { Watch } from './watch.js'

const BATCH = 64

/** Mean absolute coefficients over images and channels, of clean and triggered images and of what lies between. */
export async function measureSpectra(
  run: OpenRun,
  { split, limit }: { split: SplitId; limit: number },
  watch: Watch,
): Promise<Spectra> {
  const indices = evenlySpread(allIndices(run.splits[split].images.count), limit)
  const { height, width } = run.plan.data.shape
  const hasTrigger = run.attack !== null && run.attack.trigger !== null
  const sums: Tensor[] = Array.from({ length: hasTrigger ? 3 : 1 }, () => tf.zeros([height, width]))
  let done = 0
  try {
    for (const part of inParts(indices, BATCH)) {
      watch.progress(done, indices.length)
      await watch.breathe()
      const clean = allImages(viewImages(run, split, part, { kind: 'clean' }).set)
      const looked: Tensor4D[] = [clean]
      if (hasTrigger) {
        const triggered = allImages(viewImages(run, split, part, { kind: 'triggered' }).set)
        looked.push(triggered, tf.sub(triggered, clean))
      }
      looked.forEach((images, k) => {
        const before = sums[k]!
        sums[k] = tf.tidy(() => tf.add(before, tf.sum(tf.mean(tf.abs(cosineTransform(images)), 3), 0)))
        before.dispose()
      })
      tf.dispose(looked)
      done += part.length
    }
    watch.progress(done, indices.length)
    const [clean, triggered, difference] = await Promise.all(
      sums.map(async (sum) =>
        floatBlock(
          Float32Array.from(await sum.data(), (each) => each / done),
          [height, width],
        ),
      ),
    )
    return { clean: clean!, triggered: triggered ?? null, difference: difference ?? null, images: done }
  } finally {
    tf.dispose(sums)
  }
}

/** Orthonormal two-dimensional DCT-II of each channel of each image. Call inside `tf.tidy`. */
export function cosineTransform(images: Tensor4D): Tensor4D {
  const [count, height, width, channels] = images.shape
  const planes = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [count * channels * height, width])
  const rows = tf.matMul(planes as Tensor2D, basis(width), false, true)
  const turned = tf.transpose(tf.reshape(rows, [count, channels, height, width]), [0, 1, 3, 2])
  const columns = tf.matMul(
    tf.reshape(turned, [count * channels * width, height]) as Tensor2D,
    basis(height),
    false,
    true,
  )
  return tf.transpose(tf.reshape(columns, [count, channels, width, height]), [0, 3, 2, 1])
}

function basis(length: number): Tensor2D {
  return tf.tensor2d(cosines(length, length), [length, length])
}
