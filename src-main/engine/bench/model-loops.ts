/** Training steps and inference of one model on made-up images. */
import { disposeTensors } from '../../lab/compute/tensor-map.js'
import { imageTensor, orderedBatches } from '../../lab/data/batches.js'
import { createImageSet, type ImageSet, type ImageShape } from '../../lab/data/image-set.js'
import { answerLogits } from '../../lab/evaluation/predict.js'
import { models } from '../../lab/models/index.js'
import type { Network } from '../../lab/nn/network.js'
import type { Rng } from '../../lab/random/rng.js'
import { createRandomStreams } from '../../lab/random/streams.js'
import type { RunContext } from '../../lab/run-context.js'
import { SEED, storedImages, trainEndlessly, withVictim, type BenchLoop } from './loop.js'
import type { BenchCase } from './requests.js'

type StepCase = Extract<BenchCase, { model: string }>

const CLASSES = 10
/** Side of a block of one colour in random images, in pixels. */
const BLOCK = 8
/** As in the golden tests of the models. */
const NORMALIZATION = { mean: 0.5, deviation: 0.25 }

export function createModelLoop(given: StepCase, context: RunContext): BenchLoop {
  return given.kind === 'train' ? trainingLoop(given, context) : inferenceLoop(given)
}

function trainingLoop(given: StepCase, context: RunContext): BenchLoop {
  const { network, images } = stepGround(given)
  return {
    watchedOutput: 'loss',
    data: () => storedImages('images', images),
    run: (gate) =>
      trainEndlessly(network, images, { batchSize: given.batch, precision: given.precision }, context, gate),
  }
}

function inferenceLoop(given: StepCase): BenchLoop {
  const { network, images } = stepGround(given)
  return {
    watchedOutput: 'logits',
    data: () => storedImages('images', images),
    run: (gate) =>
      withVictim(network, async ({ weights }) => {
        for (;;) {
          for (const batch of orderedBatches(images.count, given.batch)) {
            const pictures = imageTensor(images, batch)
            const logits = answerLogits(network, weights, pictures)
            await logits.data()
            disposeTensors({ pictures, logits })
          }
          await gate()
        }
      }),
  }
}

/**
 * As many images as one unit takes, each of a few random blocks of random colours: of mere noise all images are alike, and
 * rounding decides much of what a deep network makes of their differences.
 */
function stepGround({ model, batch, steps, shape }: StepCase): { network: Network; images: ImageSet } {
  const definition = models.get(model, 'model')
  const { mean, deviation } = NORMALIZATION
  const network = definition.build(definition.params.parse({}), {
    shape,
    classNames: Array.from({ length: CLASSES }, String),
    pixelNormalization: {
      mean: Array<number>(shape.channels).fill(mean),
      deviation: Array<number>(shape.channels).fill(deviation),
    },
  })
  const rng = createRandomStreams(SEED).stream('images')
  const count = batch * steps
  const labels = Uint8Array.from({ length: count }, () => rng.below(CLASSES))
  return { network, images: createImageSet(shape, blockPictures(count, shape, rng), labels) }
}

function blockPictures(count: number, { height, width, channels }: ImageShape, rng: Rng): Uint8Array {
  const pixels = new Uint8Array(count * height * width * channels)
  const columns = Math.ceil(width / BLOCK)
  for (let image = 0; image < count; image++) {
    const blocks = Array.from({ length: columns * Math.ceil(height / BLOCK) * channels }, () => rng.below(256))
    for (let k = 0; k < height * width * channels; k++) {
      const [row, column, channel] = [
        Math.floor(k / (width * channels)),
        Math.floor(k / channels) % width,
        k % channels,
      ]
      const block = Math.floor(row / BLOCK) * columns + Math.floor(column / BLOCK)
      pixels[image * height * width * channels + k] = blocks[block * channels + channel]!
    }
  }
  return pixels
}
