import { lossGradients } from '../../../src-main/lab/compute/gradients.js'
import { mapTensors, prefixed, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { predictLogits } from '../../../src-main/lab/evaluation/predict.js'
import { softmaxCrossEntropy } from '../../../src-main/lab/kernels/index.js'
import { models } from '../../../src-main/lab/models/index.js'
import { classify, partitionWeights, type Network } from '../../../src-main/lab/nn/network.js'
import { tf, type Tensor4D } from '../../../src-main/lab/tf.js'
import type { GoldenCase, GoldenGroup, Tolerance } from '../../helpers/golden.js'
import { fill, fillInts, pixels } from '../fill.js'
import { networkWeights } from './steps.js'

type Shape = readonly [count: number, height: number, width: number, channels: number]

/** Through up to fifty layers forward and back, with a rounding in each, and ReLUs that turn on a rounding. */
const DEEP: Tolerance = { relative: 1e-4, typical: 1e-4, fixed: 1e-5 }

/** Two numbers that a mistake in any entry changes: the norm, and the sum of the entries times filled ones. */
function digests(label: string, tensors: TensorMap): TensorMap {
  return mapTensors(tensors, (tensor, name) =>
    tf.stack([tf.norm(tensor), tf.sum(tf.mul(tensor, fill(`${label}/digest/${name}`, tensor.shape)))]),
  )
}

function cases(id: string, detail: string, params: object, shape: Shape): GoldenCase[] {
  const name = `${id}${detail}`
  const [count, height, width, channels] = shape
  const model = models.get(id, 'id')
  const network: Network = model.build(model.params.parse(params), {
    shape: { height, width, channels },
    classNames: Array.from({ length: 10 }, String),
    pixelNormalization: { mean: Array<number>(channels).fill(0.5), deviation: Array<number>(channels).fill(0.25) },
  })
  const weights = (): TensorMap => networkWeights(network, `${name}/weights`)
  const images = (): Tensor4D => pixels(`${name}/images0`, shape)

  const training: GoldenCase = {
    name,
    run: () =>
      tf.tidy(() => {
        const all = weights()
        const labels = fillInts(`${name}/labels`, count, 10)
        const { loss, aux, gradients } = lossGradients(partitionWeights(network, all).trainable, (parameters) => {
          const { logits, statistics, features } = classify(network, { ...all, ...parameters }, images(), 'batch')
          const losses = softmaxCrossEntropy(logits, labels)
          return { loss: tf.mean(losses), aux: { logits, ...statistics, ...prefixed('feature', features) } }
        })
        const { logits, ...others } = aux
        return { loss, logits: logits!, ...digests(name, { ...others, ...prefixed('gradient', gradients) }) }
      }),
    tolerances: [[/./, DEEP]],
  }
  const deployed: GoldenCase = {
    name: `${name}, as deployed`,
    run: () => tf.tidy(() => ({ logits: predictLogits(network, weights(), images()) })),
  }
  return [training, deployed]
}

export const modelCases: GoldenGroup = {
  file: 'models',
  cases: [
    ...cases('resnet18', ', width 4', { width: 4 }, [4, 16, 18, 3]),
    ...cases('resnet18', ' with the ImageNet stem, width 4', { stem: 'imagenet', width: 4 }, [4, 40, 36, 3]),
    ...cases('preact-resnet18', ', width 4', { width: 4 }, [4, 18, 16, 3]),
    ...cases('wrn-16-1', '', {}, [4, 8, 8, 3]),
    ...cases('vgg16-bn', ', width 4', { width: 4 }, [4, 32, 32, 3]),
    ...cases('vgg16-bn', ' on digits, width 4', { width: 4 }, [4, 28, 28, 1]),
    ...cases('mobilenet-v2', ', width 4', { width: 4 }, [4, 10, 12, 1]),
    ...cases('resnet8', '', {}, [4, 14, 14, 1]),
    ...cases('resnet20', ', width 6', { width: 6 }, [4, 16, 14, 3]),
  ],
}
