import { beforeAll, describe, expect, it } from 'vitest'
import { disposeTensors } from '../../../src-main/lab/compute/tensor-map.js'
import { createImageSet } from '../../../src-main/lab/data/image-set.js'
import type { DefenderView } from '../../../src-main/lab/define.js'
import { accuracyJudge } from '../../../src-main/lab/defenses/fine-tuning/accuracy-judge.js'
import { finePruning } from '../../../src-main/lab/defenses/fine-pruning/index.js'
import {
  choosePruning,
  prunedWeights,
  validationAccuracy,
  type PrunedAccuracy,
} from '../../../src-main/lab/defenses/fine-pruning/prune.js'
import { predictClasses, shareEqual } from '../../../src-main/lab/evaluation/predict.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import { initialWeights } from '../../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { createSharedWork } from '../../../src-main/lab/shared-work.js'
import { tf } from '../../../src-main/lab/tf.js'
import { keepFiles, quietContext } from '../../helpers/memory-host.js'
import { stripes, stripesInfo } from '../../helpers/stripes.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

/** With eight channels before the classifying layer. */
function view(): DefenderView {
  const network = smallCnn.build({ width: 2 }, stripesInfo)
  return {
    victim: { network, weights: initialWeights(network, createRandomStreams(3).stream('weights')) },
    data: stripesInfo,
    train: stripes(48, 5),
    validation: stripes(24, 6),
    random: createRandomStreams(11),
    suspectTrain: null,
    shared: createSharedWork(),
  }
}

/** Half of the answers are right until `bearable` channels are gone, then far fewer. */
const failsAfter =
  (bearable: number): PrunedAccuracy =>
  async (channels) =>
    channels.length <= bearable ? 0.5 : 0.4

describe('pruning', () => {
  beforeAll(useJavascriptBackend)

  it('goes on in steps until too much accuracy is lost, and takes the last step back', async () => {
    const defender = view()
    const options = { accuracyDrop: 0.1, stepShare: 0.2 }
    const pruning = await choosePruning(defender, options, failsAfter(5), quietContext())
    expect(pruning.pruned).toBe(4)
    expect(pruning.accuracies.map(({ pruned }) => pruned)).toEqual([0, 2, 4, 6])
    expect(pruning.order.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    disposeTensors(defender.victim.weights)
  })

  it('bears a loss up to the limit, and never prunes all channels', async () => {
    const defender = view()
    const { pruned } = await choosePruning(
      defender,
      { accuracyDrop: 0.21, stepShare: 0.1 },
      failsAfter(0),
      quietContext(),
    )
    expect(pruned).toBe(7)
    disposeTensors(defender.victim.weights)
  })

  it('measures by the last layer alone what the whole pruned network answers', async () => {
    const defender = view()
    const { network } = defender.victim
    const before = tf.memory().numTensors
    const { accuracyWithout, dispose } = validationAccuracy(defender)
    for (const channels of [[], [1, 6], [0, 1, 2, 3, 4, 5]]) {
      const weights = prunedWeights(defender.victim, channels)
      const answers = await predictClasses(network, weights, defender.validation)
      expect(await accuracyWithout(channels)).toBe(shareEqual(answers, defender.validation.labels))
      disposeTensors(weights)
    }
    dispose()
    expect(tf.memory().numTensors).toBe(before)
    disposeTensors(defender.victim.weights)
  })

  it('leaves pruned channels out for good, and says how many there are', async () => {
    const defender = view()
    const files = keepFiles()
    const params = finePruning.params.parse({
      pruning: { accuracyDrop: 1, stepShare: 0.25 },
      fineTuning: { epochs: 2, batchSize: 16 },
      selection: { accuracyFloor: 1 },
    })
    const { weights, findings, keptEpoch } = await finePruning.repair(defender, params, quietContext({ files }))
    expect(keptEpoch).toBe(2)
    expect(findings?.[0]).toMatch(/^6 of 8 channels pruned: validation accuracy [\d.]+ % before, [\d.]+ % after/)
    const { order } = files.json.get('pruning.json') as { order: number[] }
    const rows = weights['fc.weight']!.arraySync() as number[][]
    for (const channel of order.slice(0, 6)) expect(rows[channel]!.every((value) => value === 0)).toBe(true)
    expect(rows[order[7]!]!.every((value) => value !== 0)).toBe(true)
    disposeTensors(weights)
    disposeTensors(defender.victim.weights)
  })
})

describe('the judge of what only clean images can tell', () => {
  beforeAll(useJavascriptBackend)

  it('takes what keeps the accuracy, and by its loss what does not', async () => {
    const given = view()
    const { network, weights: victim } = given.victim
    const { shape, pixels } = given.validation
    // Labels that the victim gets all right, so that its accuracy is 1.
    const labels = await predictClasses(network, victim, given.validation)
    const defender = { ...given, validation: createImageSet(shape, pixels, labels) }
    const bias = tf.tensor1d([0, 1, 2].map((each) => (each === labels[0] ? 0 : 100)))
    const worse = { ...victim, 'fc.bias': bias }
    const left = shareEqual(await predictClasses(network, worse, defender.validation), labels)
    expect(left).toBeLessThan(0.9)

    const strict = await accuracyJudge(defender, 0.1, quietContext())
    expect(await strict(victim, 0)).toEqual({ stop: false, cost: 0 })
    const { cost } = await strict(worse, 1)
    expect(cost).toBeCloseTo(1 - left, 10)
    const lenient = await accuracyJudge(defender, 1, quietContext())
    expect(await lenient(worse, 1)).toEqual({ stop: false, cost: 0 })
    bias.dispose()
    disposeTensors(victim)
  })
})
