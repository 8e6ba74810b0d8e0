import { beforeAll, describe, expect, it } from 'vitest'
import type { RunFact } from '../../../src-shared/contract/events.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { runExperiment } from '../../../src-main/lab/run-experiment.js'
import { memoryHost } from '../../helpers/memory-host.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

const SIZE = 4
const experiment = {
  seed: 2,
  dataset: { id: 'mnist-10k', params: { images: 80 } },
  model: { id: 'small-cnn', params: { width: 1 } },
  attack: {
    id: 'imc',
    params: { poisonRate: 0.2, trigger: { size: SIZE }, neurons: { steps: 3 }, coOptimisation: { batchesPerPass: 1 } },
  },
  training: { epochs: 2, batchSize: 30 },
}

describe('a run whose attack optimises its trigger', () => {
  beforeAll(useJavascriptBackend)

  it('crafts, saves and poisons before it trains, follows the training, and leaves no tensor', async () => {
    const plan = planExperiment(experiment)
    const host = memoryHost()
    const saved: string[] = []
    const measured: string[] = []
    const { saveImage, saveJson, saveTensors } = host.files
    Object.assign(host.files, {
      saveImage: (path: string, ...rest: [string, never]) => (saved.push(path), saveImage(path, ...rest)),
      saveJson: (path: string, ...rest: [string, never]) => (saved.push(path), saveJson(path, ...rest)),
      saveTensors: (path: string, ...rest: [string, never, never]) => (saved.push(path), saveTensors(path, ...rest)),
    })
    const emit = (fact: RunFact): void => {
      if (fact.type === 'run.stage') saved.push(`[${plan.stages[fact.index]!.kind}]`)
      if (fact.type === 'run.metrics') measured.push(plan.stages[fact.stage]!.kind)
    }
    const summary = await runExperiment(plan, { ...host, emit })
    expect(saved).toEqual([
      '[load]',
      '[craft]',
      'clean.safetensors',
      '[poison]',
      'trigger.png',
      'poison.json',
      '[train]',
      'trigger/epoch-001.png',
      'trigger.png',
      'trigger/epoch-002.png',
      'trigger.png',
      'victim.safetensors',
      '[evaluate]',
      'wall.png',
    ])
    // How good the clean model is, is told in the stage that trains it.
    expect(measured.filter((kind) => kind === 'craft')).toHaveLength(2)
    expect(summary.tensorsLeft).toBe(0)

    const { images } = host.files
    expect(images.get('trigger.png')).toEqual(images.get('trigger/epoch-002.png'))
    expect(images.get('trigger/epoch-001.png')).not.toEqual(images.get('trigger/epoch-002.png'))
    // Trigger and indices give the poisoned images again: the patch replaces the bottom right corner.
    const { poisonedIndices, poisonedLabels } = host.files.json.get('poison.json') as Record<string, number[]>
    expect(poisonedIndices).toHaveLength(12)
    expect(new Set(poisonedLabels)).toEqual(new Set([0]))
    const wall = images.get('wall.png')!
    const corner = Array.from({ length: SIZE * SIZE }, (_, k) => {
      const [row, column] = [28 - SIZE + Math.floor(k / SIZE), 28 - SIZE + (k % SIZE)]
      return wall.pixels[row * wall.shape.width + column]
    })
    expect(corner).toEqual([...images.get('trigger.png')!.pixels])
  })
})
