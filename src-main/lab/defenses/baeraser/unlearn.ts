import { adam, sgd, type Optimizer } from '../../compute/optimizers.js'
import { compileStep, createStateStore } from '../../compute/step.js'
import { cloneTensors, disposeTensors, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor, shuffledBatches } from '../../data/batches.js'
import type { DefenderView } from '../../define.js'
import { predictClasses, predictProbabilities, shareEqual } from '../../evaluation/predict.js'
import type { RunContext } from '../../run-context.js'
import { tf, type Tensor2D } from '../../tf.js'
import { classifierState } from '../../training/classifier-step.js'
import { createPace } from '../../training/pace.js'
import { cosineLearningRate } from '../../training/schedule.js'
import { drawPlaces, samplePatches, type RecoveredTriggers } from '../../trigger-recovery/recover.js'
import { measureRecoveredSuccess } from '../../trigger-recovery/recovered-success.js'
import { unlearningStep } from './unlearning-step.js'

/** Draws of patches and places per validation image: 100 images alone would measure success too coarsely. */
const VALIDATION_ROUNDS = 4

export interface UnlearningOptions {
  readonly epochs: number
  readonly batchSize: number
  readonly optimizer: 'adam' | 'sgd'
  readonly learningRate: number
  readonly schedule: 'cosine' | 'constant'
  readonly momentum: number
  readonly cleanWeight: number
  readonly distillationWeight: number
  readonly distanceWeight: number
  readonly normalization: 'joint' | 'separate'
  readonly ascentBound: number | null
  readonly ascendOn: 'other-classes' | 'all'
}

/** Says whether the weights are good enough to stop, and how good they are among those seen (lower is better). */
export type Judge = (state: UnlearningState) => Promise<{ readonly stop: boolean; readonly cost: number }>

export interface UnlearningState {
  /** To look at; neither to keep nor to free. */
  readonly weights: TensorMap
  readonly epoch: number
  /** Success of recovered triggers on the validation images. */
  readonly recoveredSuccess: number
  /** Clean accuracy on the validation images. */
  readonly validationAccuracy: number
}

export interface UnlearningResult {
  /** The best weights seen, owned by the caller. */
  readonly weights: TensorMap
  readonly keptEpoch: number
}

/**
 * Unlearns the recovered triggers. After each epoch the judge sees the weights; the best ones are kept, not the last,
 * and those of epoch 0 are the victim's own.
 */
export async function unlearn(
  view: DefenderView,
  recovered: RecoveredTriggers,
  options: UnlearningOptions,
  judge: Judge,
  context: RunContext,
): Promise<UnlearningResult> {
  const { network } = view.victim
  const shuffle = view.random.stream('unlearn.shuffle')
  const draws = view.random.stream('unlearn.draws')
  const validationDraws = view.random.stream('unlearn.validation')
  const optimizer = createOptimizer(options)
  const store = createStateStore(classifierState(network, cloneTensors(view.victim.weights), optimizer))
  const answers = predictProbabilities(network, view.victim.weights, view.train)
  let best: { weights: TensorMap; epoch: number; cost: number } | null = null

  const look = async (epoch: number): Promise<boolean> => {
    const weights = under('weights', store.tensors)
    const state = {
      weights,
      epoch,
      recoveredSuccess: await measureRecoveredSuccess(
        network,
        weights,
        recovered,
        view.validation,
        validationDraws,
        VALIDATION_ROUNDS,
      ),
      validationAccuracy: shareEqual(await predictClasses(network, weights, view.validation), view.validation.labels),
    }
    const { recoveredSuccess, validationAccuracy } = state
    context.metrics({ epoch, origin: 'defender', values: { recoveredSuccess, validationAccuracy } })
    const { stop, cost } = await judge(state)
    // Of equals the later: the learning rate has come down since.
    if (best === null || cost <= best.cost) {
      if (best !== null) disposeTensors(best.weights)
      best = { weights: cloneTensors(weights), epoch, cost }
    }
    return stop
  }

  try {
    const objective = { victim: view.victim, targetClass: recovered.targetClass, ...options }
    const step = compileStep(unlearningStep(objective, optimizer), store)
    const stepsPerEpoch = Math.ceil(view.train.count / options.batchSize)
    const pace = createPace(context, { epochs: options.epochs, stepsPerEpoch })
    let done = 0
    await context.observe(view.victim.weights, { epoch: 0, epochs: options.epochs, step: 0, stepsPerEpoch })
    let finished = await look(0)
    for (let epoch = 1; epoch <= options.epochs && !finished; epoch++) {
      const batches = shuffledBatches(view.train.count, options.batchSize, shuffle)
      for (const [index, batch] of batches.entries()) {
        const { patch } = recovered.generator
        const progress = done++ / (options.epochs * stepsPerEpoch)
        const outputs = step({
          images: imageTensor(view.train, batch),
          labels: labelTensor(view.train, batch),
          answers: rowsOf(answers, batch),
          patches: samplePatches(recovered, batch.length, draws),
          ...drawPlaces(batch.length, view.data.shape, patch, recovered.position, draws),
          learningRate: tf.scalar(learningRateAt(options, progress)),
        })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
        const moment = { epoch, epochs: options.epochs, step: index + 1, stepsPerEpoch }
        await context.observe(under('weights', store.tensors), moment)
      }
      finished = (await look(epoch)) || context.isStopping()
    }
    const kept = best as { weights: TensorMap; epoch: number } | null
    if (kept === null) throw new Error('Unlearning ended without having looked at any weights')
    best = null
    return { weights: kept.weights, keptEpoch: kept.epoch }
  } finally {
    store.dispose()
    answers.dispose()
    const left = best as { weights: TensorMap } | null
    if (left !== null) disposeTensors(left.weights)
  }
}

function learningRateAt({ schedule, learningRate }: UnlearningOptions, progress: number): number {
  return schedule === 'cosine' ? cosineLearningRate(learningRate, progress) : learningRate
}

function createOptimizer({ optimizer, momentum }: UnlearningOptions): Optimizer {
  return optimizer === 'sgd' ? sgd({ momentum, weightDecay: 0 }) : adam({ beta1: momentum, beta2: 0.999 })
}

function rowsOf(matrix: Tensor2D, rows: Uint32Array): Tensor2D {
  return tf.tidy(() => tf.gather(matrix, tf.tensor1d(Int32Array.from(rows), 'int32')))
}
