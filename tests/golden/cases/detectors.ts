import { disposeTensors, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { reduced } from '../../../src-main/lab/detect/activation-clustering.js'
import { scaledConsistency, standardized } from '../../../src-main/lab/detect/scale-up.js'
import { outlierScores } from '../../../src-main/lab/detect/spectral-signatures.js'
import { overlaidEntropy } from '../../../src-main/lab/detect/strip.js'
import { meanSilhouette, twoMeans } from '../../../src-main/lab/detect/two-means.js'
import { releasePredictor } from '../../../src-main/lab/evaluation/predict.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import type { Classifier } from '../../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf, type Tensor1D, type Tensor4D } from '../../../src-main/lab/tf.js'
import { areaUnderRates, ratesAtRate, ratesByThreshold } from '../../../src-shared/inspection/detection-rates.js'
import { anomalyIndices } from '../../../src-shared/util/statistics.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fillInts, fillValues, pixels } from '../fill.js'
import { networkWeights } from './steps.js'

const network = smallCnn.build(
  { width: 4 },
  {
    shape: { height: 16, width: 12, channels: 3 },
    classNames: Array.from({ length: 5 }, String),
    pixelNormalization: { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.25, 0.3] },
  },
)

const rng = (name: string) => createRandomStreams(3).stream(name)

/** What a function makes of the network with filled weights. */
function withNetwork(name: string, run: (classifier: Classifier) => TensorMap): GoldenCase {
  return {
    name,
    run() {
      const weights = networkWeights(network, `${name}/weights`)
      const found = run({ network, weights })
      disposeTensors(weights)
      releasePredictor(network)
      return found
    },
  }
}

function entropy(name: string, weight: number): GoldenCase {
  return withNetwork(name, (classifier) => {
    const images = pixels<Tensor4D>(`${name}/images`, [3, 16, 12, 3])
    const clean = pixels<Tensor4D>(`${name}/clean`, [7, 16, 12, 3])
    const found = overlaidEntropy(classifier, images, clean, weight)
    tf.dispose([images, clean])
    return { entropy: found }
  })
}

const consistency = withNetwork('scaled consistency', (classifier) => {
  const images = tf.tidy(() => {
    const brightness = tf.square(tf.div(tf.range(1, 13), 12))
    const whole = pixels<Tensor4D>('scaled consistency/images', [12, 16, 12, 3])
    return tf.mul(whole, tf.reshape(brightness, [12, 1, 1, 1])) as Tensor4D
  })
  const { answer, share } = scaledConsistency(classifier, images, [3, 5, 7, 9, 11])
  const answers = answer.toFloat()
  tf.dispose([images, answer])
  return { answer: answers, share }
})

const bytes = (label: string, count: number, below: number): Uint8Array =>
  tf.tidy(() => Uint8Array.from(fillInts(label, count, below).dataSync()))

const standard: GoldenCase = {
  name: 'standardized consistency',
  run() {
    const of = (shares: string, classes: string, count: number) => ({
      shares: fillValues(`standardized consistency/${shares}`, count, 0.5, 0.5),
      classes: bytes(`standardized consistency/${classes}`, count, 3),
    })
    const scores = standardized(
      of('shares', 'classes', 10),
      of('clean', 'labels', 12),
      { classNames: ['a', 'b', 'c'] },
      0.1,
    )
    return { scores: tf.tensor1d(scores) }
  },
}

/** Rows of filled features, of which the first few are shifted together. */
function shifted(name: string, count: number, dimensions: number, poisoned: number, size: number): Float32Array {
  const shift = fillValues(`${name}/shift`, dimensions, size)
  return fillValues(`${name}/features`, count * dimensions).map((value, k) =>
    k < poisoned * dimensions ? value + shift[k % dimensions]! : value,
  )
}

const spectral: GoldenCase = {
  name: 'spectral signatures',
  run: () => ({
    scores: tf.tensor1d(
      outlierScores({ features: shifted('spectral signatures', 40, 6, 7, 2), dimensions: 6 }, rng('direction')),
    ),
  }),
}

/** Whitened principal components give the clusters of independent ones. */
function clusters(detail: string, whitened: boolean): GoldenCase {
  return {
    name: `activation clustering, ${detail} components`,
    run() {
      const features = shifted('activation clustering', 60, 8, 9, 3)
      const { points, dimensions } = reduced({ features, dimensions: 8 }, { components: 3, whitened }, rng('axes'))
      const { sides } = twoMeans(points, dimensions, rng('means'))
      return {
        smaller: tf.tensor1d(Float32Array.from(sides)),
        silhouette: tf.tensor1d([meanSilhouette(points, dimensions, sides)]),
      }
    },
  }
}

const rates: GoldenCase = {
  name: 'rates',
  run() {
    const truth = Uint8Array.from({ length: 60 }, (_, k) => (k % 3 === 0 ? 1 : 0))
    const scores = Float32Array.from(bytes('rates/scores', 60, 12), (score, k) => score + (k % 3 === 0 ? 3 : 0))
    const found = ratesByThreshold(scores, truth)
    const { threshold, recall, precision } = ratesAtRate(found, 0.2)
    const column = (values: readonly number[]): Tensor1D => tf.tensor1d([...values])
    return {
      area: column([areaUnderRates(found)!]),
      falsePositiveRates: column(found.map(({ falsePositiveRate }) => falsePositiveRate!)),
      recalls: column(found.map((each) => each.recall!)),
      at: column([threshold, recall!, precision!]),
    }
  },
}

const anomaly: GoldenCase = {
  name: 'anomaly index',
  run: () => ({ anomalies: tf.tensor1d(anomalyIndices([...fillValues('anomaly index/values', 11)])!) }),
}

export const detectorCases: GoldenGroup = {
  file: 'detectors',
  cases: [
    entropy('strip, sums', 1),
    entropy('strip, means', 0.5),
    consistency,
    standard,
    spectral,
    clusters('independent', true),
    clusters('principal', false),
    rates,
    anomaly,
  ],
}
