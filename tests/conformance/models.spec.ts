import { beforeAll, describe, expect, it } from 'vitest'
import { disposeTensors } from '../../src-main/lab/compute/tensor-map.js'
import { models } from '../../src-main/lab/models/index.js'
import { classify, initialWeights, partitionWeights } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { tf, type Tensor4D } from '../../src-main/lab/tf.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'

const shapes = [
  { height: 28, width: 28, channels: 1 },
  { height: 32, width: 32, channels: 3 },
]

/** Plain JavaScript takes minutes for the widest ones as published; what is promised does not depend on the width. */
const narrow: Record<string, object> = {
  resnet18: { width: 4 },
  'preact-resnet18': { width: 4 },
  'vgg16-bn': { width: 4 },
  'mobilenet-v2': { width: 4 },
}

describe.each(models.all.map((model) => [model.id, model] as const))('model %s', (id, model) => {
  const params = model.params.parse(narrow[id] ?? {})

  beforeAll(useJavascriptBackend)

  it.each(shapes)('takes images of $height x $width x $channels and answers one number per class', (shape) => {
    const pixelNormalization = {
      mean: Array.from({ length: shape.channels }, () => 0.5),
      deviation: Array.from({ length: shape.channels }, () => 0.5),
    }
    const info = { shape, classNames: ['a', 'b', 'c', 'd'], pixelNormalization }
    const network = model.build(params, info)
    const before = tf.memory().numTensors
    const weights = initialWeights(network, createRandomStreams(1).stream('weights'))
    expect(Object.keys(weights)).toEqual(network.parameters.map(({ name }) => name))
    tf.tidy(() => {
      const images = tf.randomUniform([2, shape.height, shape.width, shape.channels]) as Tensor4D
      const training = classify(network, weights, images, 'batch')
      expect(training.logits.shape).toEqual([2, 4])
      expect(Object.keys(training.features)).toEqual(network.features.map(({ name }) => name))
      for (const { name, channels, kind } of network.features) {
        const { shape: found } = training.features[name]!
        expect(found.length, name).toBe(kind === 'map' ? 4 : 2)
        expect(found.at(-1), name).toBe(channels)
      }
      const classifier = weights[`${network.classifierLayer}.weight`]!
      expect(classifier.shape).toEqual([network.features.at(-1)!.channels, 4])
      const { statistics } = partitionWeights(network, weights)
      expect(Object.keys(training.statistics).toSorted()).toEqual(Object.keys(statistics).toSorted())
      const testing = classify(network, weights, images, 'running')
      expect(testing.logits.shape).toEqual([2, 4])
      expect(testing.statistics).toEqual({})
      expect(testing.logits.dataSync().every(Number.isFinite)).toBe(true)
    })
    disposeTensors(weights)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('starts from the same weights for the same seed', () => {
    const info = { shape: shapes[0]!, classNames: ['a', 'b'], pixelNormalization: { mean: [0.5], deviation: [0.5] } }
    const network = model.build(params, info)
    const values = (seed: number): number[][] => {
      const weights = initialWeights(network, createRandomStreams(seed).stream('weights'))
      const copied = Object.values(weights).map((tensor) => [...tensor.dataSync()])
      disposeTensors(weights)
      return copied
    }
    expect(values(1)).toEqual(values(1))
    expect(values(2)).not.toEqual(values(1))
  })
})
