import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disposeTensors } from '../../src-main/lab/compute/tensor-map.js'
import { createImageSet, selectImages, type ImageSet } from '../../src-main/lab/data/image-set.js'
import type { DatasetInfo } from '../../src-main/lab/define.js'
import { releasePredictor } from '../../src-main/lab/evaluation/predict.js'
import { classLogits, inputGradient, layerGradient } from '../../src-main/lab/explain/class-scores.js'
import { explainImages, planExplanation, type ExplainChoice } from '../../src-main/lab/explain/explain-images.js'
import { explainers } from '../../src-main/lab/explain/index.js'
import { models } from '../../src-main/lab/models/index.js'
import { initialWeights, type Classifier } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { tf, type Tensor4D } from '../../src-main/lab/tf.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'

const data: DatasetInfo = {
  shape: { height: 12, width: 10, channels: 3 },
  classNames: ['cat', 'dog', 'fish'],
  pixelNormalization: { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.2, 0.2] },
}
const COUNT = 3
const streams = createRandomStreams(7)
const context = { random: streams, breathe: async () => {} }

/** Cheap settings of those that take many passes. */
const quick: Record<string, object> = {
  'smooth-grad': { samples: 3 },
  'integrated-gradients': { steps: 4 },
  occlusion: { size: 4, stride: 3 },
}

/** What is promised does not depend on the width, and plain JavaScript takes long for the widest. */
const narrow: Record<string, object> = {
  resnet18: { width: 2 },
  'preact-resnet18': { width: 2 },
  'vgg16-bn': { width: 2 },
  'mobilenet-v2': { width: 4 },
  resnet8: { width: 2 },
  resnet20: { width: 2 },
}

const choose = (method: string, given: Partial<ExplainChoice> = {}): ExplainChoice => ({
  method,
  params: quick[method] ?? {},
  layer: null,
  class: 1,
  ...given,
})

function someImages(): ImageSet {
  const size = 12 * 10 * 3
  const rng = streams.stream('images')
  return createImageSet(
    data.shape,
    Uint8Array.from({ length: COUNT * size }, () => rng.below(256)),
    Uint8Array.from([0, 1, 2]),
  )
}

function open(id: string, params: object): Classifier {
  const model = models.get(id, 'model')
  const network = model.build(model.params.parse(params), data)
  return { network, weights: initialWeights(network, streams.stream('weights')) }
}

describe.each(explainers.all.map((explainer) => [explainer.id, explainer] as const))(
  'explainer %s',
  (id, { looksAt }) => {
    let classifier: Classifier
    const set = someImages()
    const wanted = new Uint8Array(COUNT)
    const explain = (of: ImageSet, given: Partial<ExplainChoice> = {}) =>
      explainImages(
        planExplanation(choose(id, given), classifier.network, data.classNames),
        classifier,
        of,
        wanted.subarray(0, of.count),
        context,
      )

    beforeAll(async () => {
      await useJavascriptBackend()
      classifier = open('small-cnn', { width: 4 })
    })
    afterAll(() => {
      disposeTensors(classifier.weights)
      releasePredictor(classifier.network)
    })

    it('gives a finite heat for each pixel of each image, and leaves no tensor behind', async () => {
      const before = tf.memory().numTensors
      const { heat, classes, probabilities } = await explain(set)
      expect(heat).toHaveLength(COUNT * 12 * 10)
      expect(heat.every(Number.isFinite)).toBe(true)
      expect(heat.some((each) => each !== 0)).toBe(true)
      expect([...classes]).toEqual([1, 1, 1])
      expect(probabilities).toHaveLength(COUNT * 3)
      expect(tf.memory().numTensors).toBe(before)
    })

    it('gives the same again, and the same for an image alone', async () => {
      const { heat } = await explain(set)
      expect((await explain(set)).heat).toEqual(heat)
      const alone = (await explain(selectImages(set, [2]))).heat
      const typical = Math.hypot(...alone) / Math.sqrt(alone.length)
      alone.forEach((each, pixel) =>
        expect(Math.abs(each - heat[2 * 120 + pixel]!)).toBeLessThan(1e-4 * typical + 1e-9),
      )
    })

    it('explains the class that is asked for, by number, as predicted, true or wanted', async () => {
      expect((await explain(set, { class: 2 })).heat).not.toEqual((await explain(set, { class: 1 })).heat)
      const predicted = await explain(set, { class: 'predicted' })
      predicted.classes.forEach((found, k) => {
        const row = predicted.probabilities.subarray(3 * k, 3 * k + 3)
        expect(row[found]).toBe(Math.max(...row))
      })
      expect([...(await explain(set, { class: 'true' })).classes]).toEqual([0, 1, 2])
      expect([...(await explain(set, { class: 'target' })).classes]).toEqual([0, 0, 0])
    })

    it('ends where nobody waits any more, and leaves nothing behind', async () => {
      const before = tf.memory().numTensors
      let breaths = 0
      const impatient = {
        random: streams,
        async breathe() {
          breaths += 1
          throw new AppError({ code: 'cancelled', message: 'It was cancelled.' })
        },
      }
      const plan = planExplanation(choose(id), classifier.network, data.classNames)
      const outcome = await explainImages(plan, classifier, set, wanted, impatient).then(
        () => 'done',
        (error: AppError) => error.code,
      )
      expect(outcome).toBe(breaths === 0 ? 'done' : 'cancelled')
      expect(tf.memory().numTensors).toBe(before)
    })

    it('refuses what the network does not have, naming what it has', () => {
      const refusal = (given: Partial<ExplainChoice>) => () =>
        planExplanation(choose(id, given), classifier.network, data.classNames)
      expect(refusal({ class: 3 })).toThrow(
        'class: "3" is not a class of this network; allowed: 0 (cat), 1 (dog), 2 (fish)',
      )
      expect(refusal({ params: { nonsense: 1 } })).toThrow('params.nonsense')
      if (looksAt === 'input') expect(refusal({ layer: 'conv1' })).toThrow('looks at the input; leave it out')
      else {
        expect(refusal({ layer: 'conv9' })).toThrow(
          '"conv9" is not a map of this network; there are: conv1, conv2, conv3',
        )
        expect(refusal({ layer: 'pooled' })).toThrow('is not a map of this network')
      }
    })
  },
)

/** What an explainer rests on is the same for all: the gradient at a layer, and that at the input. */
describe.each(models.all.map(({ id }) => id))('model %s', (id) => {
  it('can be explained at each of its maps and at the input', async () => {
    await useJavascriptBackend()
    const other = open(id, narrow[id] ?? {})
    const before = tf.memory().numTensors
    const image = selectImages(someImages(), [0])
    const places = other.network.features.filter(({ kind }) => kind === 'map').map(({ name }) => name)
    for (const layer of [...places, null]) {
      const choice = choose(layer === null ? 'input-gradient' : 'grad-cam', { layer })
      const plan = planExplanation(choice, other.network, data.classNames)
      const { heat } = await explainImages(plan, other, image, new Uint8Array(1), context)
      expect(heat.every(Number.isFinite), layer ?? 'input').toBe(true)
      const { gradient, activation } = atLayer(other, layer)
      expect(gradient.shape, layer ?? 'input').toEqual(activation)
      expect(
        gradient.dataSync().some((each) => each !== 0),
        layer ?? 'input',
      ).toBe(true)
      gradient.dispose()
    }
    expect(tf.memory().numTensors).toBe(before)
    disposeTensors(other.weights)
    releasePredictor(other.network)
  })
})

function atLayer(classifier: Classifier, layer: string | null): { gradient: Tensor4D; activation: number[] } {
  const images: Tensor4D = tf.ones([1, 12, 10, 3])
  const classes = Uint8Array.of(1)
  try {
    if (layer === null) return { gradient: inputGradient(classifier, images, classes), activation: images.shape }
    const feature = classifier.network.features.find(({ name }) => name === layer)!
    const { gradient, activation } = layerGradient(classifier, feature, images, classes)
    const { shape } = activation
    activation.dispose()
    return { gradient, activation: shape }
  } finally {
    images.dispose()
  }
}

describe('integrated gradients', () => {
  it('account for the whole difference to the empty image', async () => {
    await useJavascriptBackend()
    const classifier = open('small-cnn', { width: 4 })
    const set = selectImages(someImages(), [0])
    const plan = planExplanation(
      choose('integrated-gradients', { params: { steps: 96 } }),
      classifier.network,
      data.classNames,
    )
    const { heat } = await explainImages(plan, classifier, set, new Uint8Array(1), context)
    const classes = Uint8Array.of(1)
    const logitsOf = (images: Tensor4D): Float32Array => {
      const logits = classLogits(classifier, images, classes)
      const values = Float32Array.from(logits.dataSync())
      tf.dispose([images, logits])
      return values
    }
    const shown = logitsOf(
      tf.tensor4d(
        Float32Array.from(set.pixels, (each) => each / 255),
        [1, 12, 10, 3],
      ),
    )
    const empty = logitsOf(tf.zeros([1, 12, 10, 3]))
    const whole = shown[0]! - empty[0]!
    expect(heat.reduce((a, b) => a + b, 0)).toBeCloseTo(whole, 2)
    expect(Math.abs(whole)).toBeGreaterThan(0.05)
    disposeTensors(classifier.weights)
    releasePredictor(classifier.network)
  })
})

it('refuses an unknown method, naming those that there are', () => {
  expect(() => planExplanation(choose('magic'), open('small-cnn', { width: 1 }).network, data.classNames)).toThrow(
    'method: "magic" is not a known explainer; known: grad-cam, grad-cam-plus-plus, input-gradient',
  )
})
