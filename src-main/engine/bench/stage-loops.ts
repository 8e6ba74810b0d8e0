/** Stages of the default experiment, and the whole of it. */
import type { EngineInfo } from '../../../src-shared/model/engine-info.js'
import { disposeTensors, type TensorMap } from '../../lab/compute/tensor-map.js'
import { selectImages, type ImageSet } from '../../lab/data/image-set.js'
import type { DatasetReader } from '../../lab/datasets/reader.js'
import { BaeraserParams } from '../../lab/defenses/baeraser/params.js'
import { unlearn } from '../../lab/defenses/baeraser/unlearn.js'
import type { DefenderView } from '../../lab/define.js'
import { predictClasses } from '../../lab/evaluation/predict.js'
import { planExperiment } from '../../lab/experiment-plan.js'
import { experimentPresets } from '../../lab/experiments/index.js'
import { initialWeights, type Network } from '../../lab/nn/network.js'
import { createCourse } from '../../lab/course.js'
import { createRandomStreams } from '../../lab/random/streams.js'
import type { RunContext } from '../../lab/run-context.js'
import { runExperiment } from '../../lab/run-experiment.js'
import { createSharedWork } from '../../lab/shared-work.js'
import { createPatchGenerator } from '../../lab/trigger-recovery/generator.js'
import { randomPlaces } from '../../lab/trigger-recovery/places.js'
import { recoverTriggers, type RecoveredTriggers } from '../../lab/trigger-recovery/recover.js'
import { searchTarget } from '../../lab/trigger-recovery/target-search.js'
import type { StoredTensor } from '../../../src-shared/weights/safetensors.js'
import { ENDLESS, SEED, storedImages, trainEndlessly, withVictim, type BenchLoop } from './loop.js'
import type { BenchCase } from './requests.js'
import { stored } from './watch-steps.js'

type StageCase = Exclude<BenchCase, { model: string }>

/** The class whose trigger is recovered and unlearned. */
const TARGET = 0
const DETECTION_THRESHOLD = 0.2

export async function createStageLoop(
  { kind }: StageCase,
  reader: DatasetReader,
  engine: EngineInfo,
  context: RunContext,
): Promise<BenchLoop> {
  const ground = await digitsGround(reader)
  switch (kind) {
    case 'recovery-epoch':
      return recoveryLoop(ground, context)
    case 'target-search':
      return searchLoop(ground, context)
    case 'unlearning-epoch':
      return unlearningLoop(ground, context)
    case 'evaluation':
      return evaluationLoop(ground)
    case 'experiment':
      return experimentLoop(ground, engine, context)
  }
}

interface DigitsGround {
  readonly plan: ReturnType<typeof planExperiment>
  readonly reader: DatasetReader
  readonly network: Network
  readonly train: ImageSet
  /** Test images that no defense sees. */
  readonly test: ImageSet
  readonly defender: Pick<DefenderView, 'train' | 'validation'>
}

/** Data of the default experiment in its default shares. What the images are makes no difference to the time. */
async function digitsGround(reader: DatasetReader): Promise<DigitsGround> {
  const preset = experimentPresets.find(({ id }) => id === 'default')
  const plan = planExperiment(preset?.experiment)
  const { experiment, dataset, model, data } = plan
  const { train, test } = await dataset.definition.load(dataset.params, {
    reader,
    random: createRandomStreams(SEED).within('dataset'),
  })
  const defenderCount = Math.round(experiment.defender.share * test.count)
  const validationCount = Math.round(experiment.defender.validationShare * defenderCount)
  const part = (from: number, to: number): ImageSet =>
    selectImages(
      test,
      Array.from({ length: to - from }, (_, index) => from + index),
    )
  return {
    plan,
    reader,
    network: model.definition.build(model.params, data),
    train,
    test: part(defenderCount, test.count),
    defender: { validation: part(0, validationCount), train: part(validationCount, defenderCount) },
  }
}

function recoveryLoop(ground: DigitsGround, context: RunContext): BenchLoop {
  return {
    watchedOutput: 'loss',
    data: () => defenseData(ground),
    run: (gate) =>
      withView(ground, async (view) => {
        const recovered = await recoverTriggers(
          view,
          TARGET,
          { ...BaeraserParams.parse({}).recovery, epochs: ENDLESS, position: 'per-image' },
          view.random.within('recover'),
          context,
          'recovering',
          gate,
        )
        disposeTensors(recovered.weights)
      }),
  }
}

/** The first unit is an epoch of recovery, each other one a search through all classes. */
function searchLoop(ground: DigitsGround, context: RunContext): BenchLoop {
  const { recovery } = BaeraserParams.parse({})
  const options = { ...recovery, epochs: recovery.searchEpochs, position: 'per-image' } as const
  return {
    watchedOutput: 'loss',
    data: () => defenseData(ground),
    run: (gate) =>
      withView(ground, async (view) => {
        const random = view.random.within('recover')
        const first = await recoverTriggers(view, TARGET, { ...options, epochs: 1 }, random, context, 'recovering')
        disposeTensors(first.weights)
        await gate()
        for (;;) {
          await searchTarget(view, options, DETECTION_THRESHOLD, () => context)
          await gate()
        }
      }),
  }
}

/** One unit is an epoch with the look at the weights after it. */
function unlearningLoop(ground: DigitsGround, context: RunContext): BenchLoop {
  const { recovery, unlearning } = BaeraserParams.parse({})
  return {
    watchedOutput: 'loss',
    data: () => defenseData(ground),
    run: (gate) =>
      withView(ground, async (view) => {
        const { shape } = view.data
        const patch = { height: recovery.patchSize, width: recovery.patchSize, channels: shape.channels }
        const generator = createPatchGenerator(patch, recovery.hidden)
        const weights = generator.initialWeights(createRandomStreams(SEED).stream('generator'))
        const places = randomPlaces(shape, patch, 'image')
        const recovered: RecoveredTriggers = { targetClass: TARGET, generator, weights, places }
        const judge = async (_figures: unknown, epoch: number): Promise<{ stop: boolean; cost: number }> => {
          if (epoch > 0) await gate()
          return { stop: false, cost: 0 }
        }
        try {
          const kept = await unlearn(view, recovered, { ...unlearning, epochs: ENDLESS }, judge, context)
          disposeTensors(kept.weights)
        } finally {
          disposeTensors(weights)
        }
      }),
  }
}

function evaluationLoop({ network, test }: DigitsGround): BenchLoop {
  return {
    watchedOutput: 'logits',
    data: () => storedImages('test', test),
    run: (gate) =>
      withVictim(network, async ({ weights }) => {
        for (;;) {
          await predictClasses(network, weights, test)
          await gate()
        }
      }),
  }
}

/** The first unit is an epoch of training, each other one the whole experiment. */
function experimentLoop(ground: DigitsGround, engine: EngineInfo, context: RunContext): BenchLoop {
  const { plan, reader, network, train, test, defender } = ground
  const { training } = plan.experiment
  return {
    watchedOutput: 'loss',
    data: () => ({
      ...storedImages('images', train),
      ...storedImages('test', test),
      ...storedImages('defender', defender.train),
      ...storedImages('validation', defender.validation),
    }),
    async run(gate) {
      const stop = async (): Promise<void> => {
        throw firstEpochOver
      }
      await trainEndlessly(network, train, training, context, stop).catch((error: unknown) => {
        if (error !== firstEpochOver) throw error
      })
      await gate()
      for (;;) {
        await runExperiment(plan, {
          ...context,
          reader,
          readVictim: () => Promise.reject(new Error('The victim is trained here')),
          engine,
          emit: () => {},
          course: createCourse(0, () => {}),
          checkpoints: null,
          memoryMb: () => 0,
          peakMemoryMb: () => 0,
        })
        await gate()
      }
    },
  }
}

const firstEpochOver = Symbol('first epoch over')

function withView(
  { network, plan, defender }: DigitsGround,
  use: (view: DefenderView) => Promise<void>,
): Promise<void> {
  return withVictim(network, (victim) =>
    use({
      victim,
      data: plan.data,
      ...defender,
      random: createRandomStreams(SEED).within('defense'),
      suspectTrain: null,
      shared: createSharedWork(),
    }),
  )
}

function defenseData({ network, defender }: DigitsGround): Record<string, StoredTensor> {
  const victim: TensorMap = initialWeights(network, createRandomStreams(SEED).stream('weights'))
  const weights = stored(victim)
  disposeTensors(victim)
  return {
    ...Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [`victim/${name}`, tensor])),
    ...storedImages('defender', defender.train),
    ...storedImages('validation', defender.validation),
  }
}
