import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disposeTensors } from '../../src-main/lab/compute/tensor-map.js'
import { createImageSet, selectImages, type ImageSet } from '../../src-main/lab/data/image-set.js'
import type { DatasetInfo, DefenderView, DetectorDefinition } from '../../src-main/lab/define.js'
import { planDetection } from '../../src-main/lab/detect/examine-run.js'
import { detectors } from '../../src-main/lab/detect/index.js'
import { releasePredictor } from '../../src-main/lab/evaluation/predict.js'
import type { TimedWatch } from '../../src-main/lab/inspect/watch.js'
import { smallCnn } from '../../src-main/lab/models/small-cnn.js'
import { initialWeights, type Classifier } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { createSharedWork } from '../../src-main/lab/shared-work.js'
import { tf } from '../../src-main/lab/tf.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'

const data: DatasetInfo = {
  shape: { height: 12, width: 10, channels: 3 },
  classNames: ['cat', 'dog', 'fish'],
  pixelNormalization: { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.2, 0.2] },
}
const COUNT = 48

/** Cheap settings of those that take long. */
const quick: Record<string, object> = {
  strip: { overlays: 5 },
  'generative-scan': { hidden: 16, searchEpochs: 1, batchSize: 8, patchSize: 2, position: 'per-image' },
}

function someImages(name: string): ImageSet {
  const rng = createRandomStreams(7).stream(name)
  const pixels = Uint8Array.from({ length: COUNT * 12 * 10 * 3 }, () => rng.below(256))
  return createImageSet(
    data.shape,
    pixels,
    Uint8Array.from({ length: COUNT }, (_, k) => k % 3),
  )
}

const patient: TimedWatch = { breathe: async () => {}, progress: () => {}, now: () => 0 }

describe.each(detectors.all.map((detector) => [detector.id, detector] as const))('detector %s', (id, definition) => {
  let victim: Classifier
  const suspects = someImages('suspects')
  const clean = someImages('clean')

  beforeAll(async () => {
    await useJavascriptBackend()
    const network = smallCnn.build({ width: 4 }, data)
    victim = { network, weights: initialWeights(network, createRandomStreams(7).stream('weights')) }
  })
  afterAll(() => {
    disposeTensors(victim.weights)
    releasePredictor(victim.network)
  })

  const view = (): DefenderView => ({
    victim,
    data,
    train: clean,
    validation: clean,
    suspectTrain: null,
    random: createRandomStreams(7),
    shared: createSharedWork(),
  })
  const examine = (watch = patient, of = suspects): Promise<readonly number[]> => scores(definition, view(), of, watch)

  it('gives a finite score for each that it examines, the same again, and leaves no tensor behind', async () => {
    await examine()
    const before = tf.memory().numTensors
    const found = await examine()
    expect(found).toHaveLength(definition.examination.of === 'model' ? 3 : COUNT)
    expect(found.every(Number.isFinite)).toBe(true)
    expect(await examine()).toEqual(found)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('changes nothing that it is given', async () => {
    const [pixels, labels] = [suspects.pixels.slice(), suspects.labels.slice()]
    await examine()
    expect(suspects.pixels).toEqual(pixels)
    expect(suspects.labels).toEqual(labels)
  })

  it('ends where nobody waits any more, and leaves nothing behind', async () => {
    await examine()
    const before = tf.memory().numTensors
    let breaths = 0
    const impatient: TimedWatch = {
      ...patient,
      async breathe() {
        breaths += 1
        if (breaths > 1) throw new AppError({ code: 'cancelled', message: 'It was cancelled.' })
      },
    }
    const outcome = await examine(impatient).then(
      () => 'done',
      (error: AppError) => error.code,
    )
    expect(outcome).toBe(breaths > 1 ? 'cancelled' : 'done')
    expect(tf.memory().numTensors).toBe(before)
  })

  it('tells how far it is, up to all of it', async () => {
    const told: number[] = []
    await examine({ ...patient, progress: (done, total) => void told.push(done / total) })
    expect(told.at(-1)).toBe(1)
    expect(told.every((share) => share >= 0 && share <= 1)).toBe(true)
  })

  it('refuses parameters that it does not know, naming them', () => {
    expect(() => planDetection({ detector: id, params: { nonsense: 1 } }, data)).toThrow('params.nonsense')
  })

  it.runIf(definition.examination.of === 'inputs')('judges an input whatever comes beside it', async () => {
    const all = await examine()
    const alone = await examine(patient, selectImages(suspects, [5]))
    expect(alone[0]).toBeCloseTo(all[5]!, 4)
  })
})

async function scores(
  { id, params, examination }: DetectorDefinition,
  view: DefenderView,
  suspects: ImageSet,
  watch: TimedWatch,
): Promise<readonly number[]> {
  const given = params.parse(quick[id] ?? {})
  switch (examination.of) {
    case 'inputs': {
      const { shape, pixels, count } = suspects
      return [...(await examination.score(given, view, { shape, pixels, count }, watch))]
    }
    case 'training-set':
      return [...(await examination.score(given, view, suspects, watch))]
    case 'model':
      return (await examination.scan(given, view, watch)).scores
  }
}

it('refuses an unknown detector, naming those that there are', () => {
  expect(() => planDetection({ detector: 'magic', params: {} }, data)).toThrow(
    'detector: "magic" is not a known detector; known: strip, scale-up, activation-clustering',
  )
})
