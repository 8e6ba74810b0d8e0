import { beforeAll, describe, expect, it } from 'vitest'
import type { RunFact } from '../../src-shared/contract/events.js'
import { loadBackend } from '../../src-main/engine/backend.js'
import { NATIVE_BACKEND } from '../../src-main/engine/kernels/native.js'
import { planExperiment } from '../../src-main/lab/experiment-plan.js'
import { runExperiment } from '../../src-main/lab/run-experiment.js'
import { tf } from '../../src-main/lab/tf.js'
import { memoryHost, type KeptFiles } from '../helpers/memory-host.js'
import { installationFile, noNativeEngine } from '../helpers/native.js'

/** Every stage, on few enough real digits that plain JavaScript finishes in seconds. */
const experiment = {
  dataset: { id: 'mnist-10k', params: { images: 200 } },
  model: { id: 'small-cnn', params: { width: 2 } },
  attack: { id: 'badnets', params: { poisonRate: 0.1 } },
  training: {
    epochs: 2,
    batchSize: 50,
    learningRate: 0.02,
    augmentation: { kind: 'custom', cropPadding: 2, horizontalFlip: true, cutout: 5, rotation: 5 },
  },
  defenses: [
    {
      id: 'baeraser',
      params: {
        recovery: { hidden: 8, epochs: 1, searchEpochs: 1, batchSize: 16 },
        unlearning: { epochs: 2, batchSize: 16 },
        selection: { detectionThreshold: 0.0001 },
      },
    },
  ],
}

interface Outcome {
  readonly files: KeptFiles
  readonly losses: number[]
  readonly kinds: string[]
  readonly tensorsLeft: number
}

async function runOn(backend: string): Promise<Outcome> {
  await tf.setBackend(backend)
  const host = memoryHost()
  const summary = await runExperiment(planExperiment(experiment), host)
  const of = <T extends RunFact['type']>(type: T) =>
    host.facts.filter((fact): fact is Extract<RunFact, { type: T }> => fact.type === type)
  return {
    files: host.files,
    losses: of('run.progress').flatMap(({ stage, loss }) => (stage === 2 && loss !== null ? [loss] : [])),
    kinds: of('run.stage').map(({ index }) => planExperiment(experiment).stages[index]!.kind),
    tensorsLeft: summary.tensorsLeft,
  }
}

/** Largest difference over all weights of a file, in units of the largest weight. */
function difference(one: Outcome, other: Outcome, path: string): number {
  const [a, b] = [one.files.tensors.get(path)!, other.files.tensors.get(path)!]
  expect(Object.keys(a)).toEqual(Object.keys(b))
  let largest = 0
  let scale = 0
  for (const [name, values] of Object.entries(a)) {
    values.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - b[name]![at]!))
      scale = Math.max(scale, Math.abs(value))
    })
  }
  return largest / scale
}

describe.skipIf(noNativeEngine !== null)(
  `the whole pipeline on both backends${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let native: Outcome
    let repeated: Outcome
    let javascript: Outcome

    beforeAll(async () => {
      const info = await loadBackend(installationFile)
      expect(info.backend).toBe('tensorflow')
      native = await runOn(NATIVE_BACKEND)
      repeated = await runOn(NATIVE_BACKEND)
      javascript = await runOn('cpu')
    })

    it('trains the same victim: float32 sums in another order, nothing more', () => {
      expect(difference(native, javascript, 'victim.safetensors')).toBeLessThan(1e-3)
      expect(native.files.json.get('poison.json')).toEqual(javascript.files.json.get('poison.json'))
      expect(native.files.images.get('trigger.png')).toEqual(javascript.files.images.get('trigger.png'))
    })

    it('walks through the same stages and leaves the same files', () => {
      expect(javascript.kinds).toEqual(native.kinds)
      expect([...javascript.files.tensors.keys()]).toEqual([...native.files.tensors.keys()])
      expect([...javascript.files.images.keys()]).toEqual([...native.files.images.keys()])
    })

    it('repairs to nearly the same weights', () => {
      expect(difference(native, javascript, 'repaired.safetensors')).toBeLessThan(0.05)
    })

    it('leaves no tensor behind on either', () => {
      expect([native.tensorsLeft, repeated.tensorsLeft, javascript.tensorsLeft]).toEqual([0, 0, 0])
    })
  },
)
