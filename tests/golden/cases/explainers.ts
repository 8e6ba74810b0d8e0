import type { TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { disposeTensors } from '../../../src-main/lab/compute/tensor-map.js'
import { releasePredictor } from '../../../src-main/lab/evaluation/predict.js'
import { explainers } from '../../../src-main/lab/explain/index.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import type { Network } from '../../../src-main/lab/nn/network.js'
import type { RandomStreams } from '../../../src-main/lab/random/streams.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import type { Tensor4D } from '../../../src-main/lab/tf.js'
import type { GoldenCase, GoldenGroup, Tolerance } from '../../helpers/golden.js'
import { fillInts, fillValues, pixels } from '../fill.js'
import { networkWeights } from './steps.js'

const COUNT = 3
const CLASSES = 5

const network: Network = smallCnn.build(
  { width: 4 },
  {
    shape: { height: 16, width: 12, channels: 3 },
    classNames: Array.from({ length: CLASSES }, String),
    pixelNormalization: { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.25, 0.3] },
  },
)

/** Gradients through three layers, whose ReLUs and poolings may turn on a rounding, enlarged and summed. */
const THROUGH_ALL: Tolerance = { relative: 1e-4, typical: 1e-4, fixed: 0 }

/** Streams whose normal numbers are filled ones, so that the reference can draw them too. */
function filledNoise(name: string): RandomStreams {
  let draws = 0
  const rng = {
    ...createRandomStreams(1).stream('unused'),
    normals: (count: number, deviation = 1) => fillValues(`${name}/noise${draws++}`, count, deviation),
  }
  return { stream: () => rng, within: () => filledNoise(name) }
}

function explained(id: string, detail: string, params: object = {}, layerName: string | null = null): GoldenCase {
  const name = `${id}${detail}`
  return {
    name,
    async run(): Promise<TensorMap> {
      const explainer = explainers.get(id, 'method')
      const weights = networkWeights(network, `${name}/weights`)
      const images = pixels<Tensor4D>(`${name}/images`, [COUNT, 16, 12, 3])
      const classes = fillInts(`${name}/classes`, COUNT, CLASSES)
      const layer = network.features.find((feature) => feature.name === layerName) ?? null
      const heat = await explainer.explain(
        explainer.params.parse(params),
        { classifier: { network, weights }, layer },
        images,
        Uint8Array.from(await classes.data()),
        { random: filledNoise(name), breathe: async () => {} },
      )
      disposeTensors({ ...weights, images, classes })
      releasePredictor(network)
      return { heat }
    },
    tolerances: [[/./, THROUGH_ALL]],
  }
}

export const explainerCases: GoldenGroup = {
  file: 'explainers',
  cases: [
    explained('grad-cam', ' at conv3', {}, 'conv3'),
    explained('grad-cam', ' at conv2', {}, 'conv2'),
    explained('grad-cam-plus-plus', ' at conv3', {}, 'conv3'),
    explained('input-gradient', ''),
    explained('smooth-grad', '', { samples: 4, noise: 0.15 }),
    explained('integrated-gradients', ' from black', { steps: 8, baseline: 'black' }),
    explained('integrated-gradients', ' from the mean', { steps: 8, baseline: 'mean' }),
    explained('occlusion', ' with the mean', { size: 4, stride: 2, cover: 'mean' }),
    explained('occlusion', ' with black', { size: 4, stride: 2, cover: 'black' }),
    explained('score-cam', ' at conv3', {}, 'conv3'),
  ],
}
