import { beforeAll, describe, expect, it } from 'vitest'
import { attacks } from '../../../src-main/lab/attacks/index.js'
import { planExperiment, isCrafted } from '../../../src-main/lab/experiment-plan.js'
import { foreignBackdoor } from '../../../src-main/lab/run-attack.js'
import { runExperiment } from '../../../src-main/lab/run-experiment.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import type { StoredValues } from '../../../src-main/lab/checkpoints.js'
import { colours } from '../../helpers/colours.js'
import { keepFiles, memoryHost } from '../../helpers/memory-host.js'
import { refusalOf } from '../../helpers/refusals.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

const trained = {
  seed: 3,
  dataset: { id: 'mnist-10k', params: { images: 100 } },
  model: { id: 'small-cnn', params: { width: 1 } },
  attack: { id: 'badnets', params: { targetClass: 2, poisonRate: 0.2, trigger: { position: 'top-left' } } },
  training: { epochs: 1, batchSize: 40 },
}
const victim = {
  model: 'mine',
  sha256: 'a'.repeat(64),
  classes: 10,
  pixelNormalization: { mean: [0.1307], deviation: [0.3081] },
  claims: { cleanAccuracy: 0.9, attackSuccessRate: null, robustAccuracy: null, from: 'a test' },
}

describe('a run of an imported victim', () => {
  beforeAll(useJavascriptBackend)

  it('trains nothing, keeps the weights, measures the same as the run that trained them, and leaves no tensor', async () => {
    const files = keepFiles()
    const stored: Record<string, StoredValues> = {}
    const { saveTensors } = files
    const host = memoryHost()
    Object.assign(host.files, {
      saveTensors: async (...args: Parameters<typeof saveTensors>) => {
        for (const [name, tensor] of Object.entries(args[2])) {
          stored[name] = { shape: tensor.shape, values: Float32Array.from(await tensor.data()) }
        }
      },
    })
    const first = planExperiment(trained)
    const { before } = await runExperiment(first, host)

    const plan = planExperiment({
      ...trained,
      victim: { ...victim, pixelNormalization: first.data.pixelNormalization },
    })
    expect(plan.stages.map(({ kind }) => kind)).toEqual(['load', 'evaluate'])
    const again = memoryHost({ readVictim: async () => stored })
    const summary = await runExperiment(plan, again)
    expect(summary.before).toEqual(before)
    expect(summary.tensorsLeft).toBe(0)
    expect(again.files.images.has('trigger.png')).toBe(true)
    expect(again.files.json.has('poison.json')).toBe(false)
    expect(again.files.tensors.get('victim.safetensors')?.['fc.bias']).toEqual(stored['fc.bias']!.values)
    expect(again.facts).toContainEqual(
      expect.objectContaining({ type: 'run.note', text: expect.stringContaining('clean accuracy 90.0 %, here ') }),
    )
  })

  it('does not know how often an unknown trigger succeeds', async () => {
    const { parameters } = planExperiment(trained).model.definition.build({ width: 1 }, planExperiment(trained).data)
    const zeros = Object.fromEntries(
      parameters.map(({ name, shape }) => [
        name,
        { shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]),
    )
    const host = memoryHost({ readVictim: async () => zeros })
    const { before, attackTook } = await runExperiment(planExperiment({ ...trained, attack: null, victim }), host)
    expect(before.attackSuccessRate).toBeNull()
    expect(attackTook).toBeNull()
    expect(host.facts).toContainEqual(expect.objectContaining({ level: 'warning', type: 'run.note' }))
  })

  it.each([
    [
      'other classes than the dataset',
      { ...victim, classes: 43 },
      trained,
      /tells 43 classes apart, and the dataset has 10/,
    ],
    [
      'images of other channels',
      { ...victim, pixelNormalization: { mean: [0, 0, 0], deviation: [1, 1, 1] } },
      trained,
      /takes images of 3 channels/,
    ],
    [
      'a trigger that is made in training',
      victim,
      { ...trained, attack: { id: 'imc' } },
      /makes its trigger for a training/,
    ],
    [
      'a defense that needs the training set',
      victim,
      { ...trained, defenses: [{ id: 'abl' }] },
      /needs the training set, which does not come with an imported model/,
    ],
    ['a name alone', { model: 'mine' }, trained, /is not known here/],
  ])('is refused with %s', async (_what, given, experiment, why) => {
    expect(await refusalOf(() => planExperiment({ ...experiment, victim: given }))).toMatch(why)
  })

  it('refuses weights of another network', async () => {
    const plan = planExperiment({ ...trained, victim })
    const host = memoryHost({ readVictim: async () => ({}) })
    expect(await refusalOf(() => runExperiment(plan, host))).toContain('"conv1.weight" is missing')
  })
})

describe.each(attacks.all.map((definition) => ({ definition, id: definition.id })))('$id', ({ definition }) => {
  const params = definition.params.parse({})
  it.skipIf(isCrafted({ definition, params }))('can be measured on a victim that was trained elsewhere', () => {
    const { trigger, poisonedIndices } = foreignBackdoor({ definition, params }, colours, createRandomStreams(1))
    expect(poisonedIndices).toHaveLength(0)
    const { height, width, channels } = colours.shape
    const clean = Uint8Array.from({ length: height * width * channels }, (_, i) => 50 + ((i * 37) % 100))
    const pixels = clean.slice()
    trigger.paint(pixels, createRandomStreams(1).stream('place'))
    expect(pixels).not.toEqual(clean)
  })
})
