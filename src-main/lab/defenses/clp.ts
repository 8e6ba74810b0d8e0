/**
 * CLP, channel Lipschitzness-based pruning. Zheng, Tang, Li and Liu, "Data-free Backdoor Removal based on Channel
 * Lipschitzness", ECCV 2022 (arXiv 2208.03111). How strongly a channel can answer is bounded by the spectral norm of its
 * kernel times what the batch normalisation after it does. Channels whose bound stands out in their layer are pruned. No
 * image is needed.
 */
import { z } from 'zod'
import { cloneTensors, tensorOf, type TensorMap } from '../compute/tensor-map.js'
import { defineDefense } from '../define.js'
import type { NormalizationSpec } from '../nn/layers.js'
import { createPace } from '../training/pace.js'
import { channelCount, countChannels, silenceChannels } from './silenced.js'

const ClpParams = z.strictObject({
  deviations: z.number().min(0).max(20).default(3).meta({
    title: 'Deviations',
    unit: 'standard deviations',
    description: 'u: a channel is pruned whose bound lies so far above the mean of its layer. Lower prunes more.',
  }),
})

/** A convolution and the batch normalisation of its output. */
interface NormalizedConvolution extends NormalizationSpec {
  readonly convolution: string
}

export const clp = defineDefense({
  id: 'clp',
  family: 'pruning',
  title: 'CLP',
  summary: 'Prunes channels that can answer much more strongly than others of their layer. Needs no images.',
  paper: {
    title: 'Data-free Backdoor Removal based on Channel Lipschitzness',
    authors: 'Zheng, Tang, Li, Liu',
    year: 2022,
    url: 'https://arxiv.org/abs/2208.03111',
  },
  params: ClpParams,
  presets: [
    {
      id: 'published',
      title: 'As published for CIFAR-10',
      differs:
        'Three deviations. Published code takes the convolution that was declared before each normalisation, which in ' +
        'pre-activation networks is the wrong one; here the network says which one it normalises.',
      oracle: false,
      params: { deviations: 3 },
    },
  ],
  stages: [{ kind: 'prune', title: 'Prune channels' }],

  check: () => [],

  async repair({ victim }, { deviations }, context) {
    context.enterStage('prune')
    const { network, weights } = victim
    const layers = network.normalizations.filter((layer): layer is NormalizedConvolution => layer.convolution !== null)
    if (layers.length === 0) {
      const findings = ['This network normalises no convolution by itself, so there is nothing to bound.']
      return { outcome: 'not-improved', weights: cloneTensors(weights), detection: null, keptEpoch: null, findings }
    }
    const moment = { epochs: 1, stepsPerEpoch: layers.length }
    await context.observe(() => weights, { ...moment, epoch: 0, step: 0 })
    const pace = createPace(context, moment)
    const bounds: Record<string, number[]> = {}
    const pruned = new Map<string, number[]>()
    for (const layer of layers) {
      const ofLayer = await channelBounds(weights, layer)
      bounds[layer.name] = ofLayer
      pruned.set(layer.name, outstanding(ofLayer, deviations))
      await pace.step(0, null)
    }
    await context.files.saveJson('bounds.json', 'Bound of each channel', { deviations, bounds })
    const count = countChannels(pruned)
    const repaired = silenceChannels(weights, pruned, true)
    await context.observe(() => repaired, { ...moment, epoch: 1, step: layers.length })
    return {
      outcome: count === 0 ? 'not-improved' : 'repaired',
      weights: repaired,
      detection: null,
      keptEpoch: null,
      findings: [`${count} of ${channelCount(layers)} channels pruned, in ${layers.length} layers.`],
    }
  },
})

/**
 * Of each channel: the largest singular value of its kernel (inputs x pixels) times the size of the scale, over the running
 * standard deviation.
 */
export async function channelBounds(weights: TensorMap, layer: NormalizedConvolution): Promise<number[]> {
  const kernel = tensorOf(weights, `${layer.convolution}.weight`)
  const [height, width, inputs] = kernel.shape as [number, number, number, number]
  const [values, scale, variance] = await Promise.all([
    kernel.data(),
    tensorOf(weights, `${layer.name}.weight`).data(),
    tensorOf(weights, `${layer.name}.running_var`).data(),
  ])
  return Array.from({ length: layer.channels }, (_, channel) => {
    const matrix = Array.from({ length: inputs }, (_row, input) =>
      Float64Array.from({ length: height * width }, (_value, pixel) => {
        return values[(pixel * inputs + input) * layer.channels + channel]!
      }),
    )
    return (largestSingularValue(matrix) * Math.abs(scale[channel]!)) / Math.sqrt(variance[channel]!)
  })
}

const MOST_ITERATIONS = 1000
const CLOSE_ENOUGH = 1e-14

/** By power iteration on the Gram matrix of the columns. Rows are of one length. */
function largestSingularValue(rows: readonly Float64Array[]): number {
  const columns = rows[0]?.length ?? 0
  const gram = Array.from({ length: columns }, (_, i) =>
    Float64Array.from({ length: columns }, (_value, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  )
  // No direction of a kernel is likely to be at right angles to this one.
  let vector = Float64Array.from({ length: columns }, (_, i) => 1 + Math.sin(i + 1) / 2)
  let value = 0
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = Float64Array.from(gram, (row) => row.reduce((sum, each, i) => sum + each * vector[i]!, 0))
    const length = Math.hypot(...next)
    if (length === 0) return 0
    const before = value
    value = length / Math.hypot(...vector)
    vector = next.map((each) => each / length)
    if (Math.abs(value - before) <= CLOSE_ENOUGH * value) break
  }
  return Math.sqrt(value)
}

/** Positions of the values that lie further above their mean than so many (unbiased) standard deviations. */
export function outstanding(values: readonly number[], deviations: number): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const limit = mean + deviations * Math.sqrt(squares / Math.max(1, values.length - 1))
  return values.flatMap((value, index) => (value > limit ? [index] : []))
}
