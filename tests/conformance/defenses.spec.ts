import { beforeAll, describe, expect, it } from 'vitest'
import type { StageKind } from '../../src-shared/model/run-record.js'
import { disposeTensors } from '../../src-main/lab/compute/tensor-map.js'
import type { DefenderView, DefenseDefinition } from '../../src-main/lab/define.js'
import { defenses } from '../../src-main/lab/defenses/index.js'
import { smallCnn } from '../../src-main/lab/models/small-cnn.js'
import { initialWeights } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { createSharedWork } from '../../src-main/lab/shared-work.js'
import { tf } from '../../src-main/lab/tf.js'
import { quietContext } from '../helpers/memory-host.js'
import { stripes, stripesInfo } from '../helpers/stripes.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'

/** Parameters that end in seconds and walk through every stage, by defense. A new defense adds its own. */
const quick: Record<string, object> = {
  baeraser: {
    recovery: { hidden: 8, epochs: 1, searchEpochs: 1, batchSize: 16 },
    unlearning: { epochs: 2, batchSize: 16 },
    selection: { detectionThreshold: 0.001 },
  },
  'fine-tuning': { training: { epochs: 2, batchSize: 16, augmentation: { cropPadding: 1 } } },
  'fine-pruning': { fineTuning: { epochs: 2, batchSize: 16 } },
  nad: { teacherEpochs: 1, training: { epochs: 2, batchSize: 16 }, selection: { accuracyFloor: 1 } },
  'ft-sam': { training: { epochs: 2, batchSize: 16 } },
  clp: {},
  'neural-cleanse': {
    reversal: { passes: 2, batchSize: 16 },
    anomaly: 0.001,
    training: { epochs: 2, batchSize: 16 },
  },
  anp: { masks: { steps: 4, batchSize: 16 } },
  'i-bau': { rounds: 2, batchSize: 16, unlearning: { fixedPointSteps: 2 } },
  abl: {
    isolation: { epochs: 1, share: 0.1 },
    training: { epochs: 1, batchSize: 16 },
    unlearning: { epochs: 2 },
  },
  rnp: { unlearning: { epochs: 2, batchSize: 16 }, recovering: { epochs: 2, batchSize: 16 } },
  mesa: {
    recovery: { hidden: 8, epochs: 1, searchEpochs: 1, batchSize: 16 },
    betas: { third: null },
    repair: { epochs: 2, batchSize: 16 },
    selection: { detectionThreshold: 0.001 },
  },
}

function victimView(): DefenderView {
  const network = smallCnn.build({ width: 2 }, stripesInfo)
  return {
    victim: { network, weights: initialWeights(network, createRandomStreams(3).stream('weights')) },
    data: stripesInfo,
    train: stripes(48, 5),
    validation: stripes(24, 6),
    suspectTrain: null,
    random: createRandomStreams(11),
    shared: createSharedWork(),
  }
}

/** The training set goes to those alone that say that they need it. */
const run = (defense: DefenseDefinition, view: DefenderView, context = quietContext()) =>
  defense.repair(
    { ...view, suspectTrain: defense.needs === 'training-set' ? stripes(60, 7) : null },
    defense.params.parse(quick[defense.id]),
    context,
  )

async function repairedValues(defense: DefenseDefinition, view: DefenderView, context = quietContext()) {
  const { weights } = await run(defense, view, context)
  const copied = Object.values(weights).map((tensor) => [...tensor.dataSync()])
  disposeTensors(weights)
  return copied
}

describe.each(defenses.all.map((defense) => [defense.id, defense] as const))('defense %s', (id, defense) => {
  beforeAll(useJavascriptBackend)

  it('has quick parameters in this file', () => {
    expect(Object.keys(quick)).toContain(id)
  })

  it('leaves the victim as it was, returns every weight, and leaves no tensor behind', async () => {
    const view = victimView()
    const copies = Object.entries(view.victim.weights).map(([name, tensor]) => [name, [...tensor.dataSync()]])
    const before = tf.memory().numTensors
    const entered: StageKind[] = []
    const result = await run(defense, view, quietContext({ enterStage: (kind) => entered.push(kind) }))
    expect(tf.memory().numTensors - before).toBe(Object.keys(result.weights).length)
    expect(Object.keys(result.weights).toSorted()).toEqual(Object.keys(view.victim.weights).toSorted())
    expect(Object.entries(view.victim.weights).map(([name, tensor]) => [name, [...tensor.dataSync()]])).toEqual(copies)
    expect(entered.length).toBeGreaterThan(0)
    expect(defense.stages.map(({ kind }) => kind)).toEqual(expect.arrayContaining(entered))
    disposeTensors(result.weights)
    disposeTensors(view.victim.weights)
  })

  it('says of every stage what it does at most, where it says so', () => {
    const work = defense.work?.(defense.params.parse(quick[id]), { trainImages: 48, suspectImages: 60, classes: 3 })
    if (work === undefined) return
    expect(work).toHaveLength(defense.stages.length)
    for (const { loops, epochs, steps } of work) {
      expect(loops).toBeGreaterThan(0)
      expect(steps).toBeGreaterThanOrEqual(epochs)
    }
  })

  it('gives the same weights for the same seed', async () => {
    const values = async (): Promise<number[][]> => {
      const view = victimView()
      const copied = await repairedValues(defense, view)
      disposeTensors(view.victim.weights)
      return copied
    }
    expect(await values()).toEqual(await values())
  })

  it('stops when it is cancelled, leaving no tensor behind', async () => {
    const view = victimView()
    const controller = new AbortController()
    const before = tf.memory().numTensors
    const context = quietContext({ signal: controller.signal, progress: () => controller.abort() })
    await expect(run(defense, view, context)).rejects.toMatchObject({ code: 'cancelled' })
    expect(tf.memory().numTensors).toBe(before)
    disposeTensors(view.victim.weights)
  })

  it('is given nothing that only the attacker knows', () => {
    expect(Object.keys(victimView()).toSorted()).toEqual([
      'data',
      'random',
      'shared',
      'suspectTrain',
      'train',
      'validation',
      'victim',
    ])
    expect(defense.repair.length).toBe(3)
  })
})

it('a defense takes over what another has searched in the same way, and ends with the same weights as alone', async () => {
  await useJavascriptBackend()
  const [baeraser, mesa] = ['baeraser', 'mesa'].map((id) => defenses.get(id, 'defense')) as [
    DefenseDefinition,
    DefenseDefinition,
  ]
  const view = victimView()
  const notes: string[] = []
  const context = quietContext({ note: (_level, text) => notes.push(text) })
  const alone = await repairedValues(mesa, view, context)
  expect(notes.filter((note) => note.includes('searched in the same way'))).toHaveLength(0)

  const shared = { ...view, shared: createSharedWork() }
  await repairedValues(baeraser, shared, context)
  expect(await repairedValues(mesa, shared, context)).toEqual(alone)
  expect(notes.filter((note) => note.includes('searched in the same way'))).toHaveLength(1)
  disposeTensors(view.victim.weights)
})
