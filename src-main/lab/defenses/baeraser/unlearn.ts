import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor } from '../../data/batches.js'
import type { DefenderView } from '../../define.js'
import { accuracyLoss } from '../../evaluation/accuracy-loss.js'
import { predictProbabilities } from '../../evaluation/predict.js'
import type { RunContext } from '../../run-context.js'
import { tf, type Tensor2D } from '../../tf.js'
import { classifierState } from '../../training/classifier-step.js'
import { keepBest, type KeptWeights, type Memory, type Verdict } from '../../training/keep-best.js'
import { learningRateAt } from '../../training/schedule.js'
import { repairMetrics, type RepairFigures } from '../../trigger-recovery/found-triggers.js'
import { samplePatches, type RecoveredTriggers } from '../../trigger-recovery/recover.js'
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

/** Judges by the defender's figures; the weights are for an oracle, neither to keep nor to free. */
export interface UnlearningJudge {
  (figures: RepairFigures, epoch: number, weights: TensorMap): Verdict | Promise<Verdict>
  /** All that it remembers from epoch to epoch. */
  readonly memory?: Memory
}

/** Unlearns the recovered triggers, starting from the victim's weights. */
export async function unlearn(
  view: DefenderView,
  recovered: RecoveredTriggers,
  options: UnlearningOptions,
  judge: UnlearningJudge,
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const shuffle = view.random.stream('unlearn.shuffle')
  const draws = view.random.stream('unlearn.draws')
  const validationDraws = view.random.stream('unlearn.validation')
  const optimizer = createOptimizer({ ...options, weightDecay: 0 })
  const objective = { victim: view.victim, targetClass: recovered.targetClass, ...options }
  const compare = await accuracyLoss(view)
  const answers = predictProbabilities(network, victim, view.train)

  const look = async (weights: TensorMap): Promise<RepairFigures> => ({
    recoveredSuccess: await measureRecoveredSuccess(
      network,
      weights,
      recovered,
      view.validation,
      validationDraws,
      VALIDATION_ROUNDS,
    ),
    ...(await compare(weights)),
  })

  try {
    return await keepBest(
      {
        state: classifierState(network, cloneTensors(victim), optimizer),
        step: unlearningStep(objective, optimizer),
        epochs: options.epochs,
        images: view.train.count,
        batchSize: options.batchSize,
        shuffle,
        inputs: (batch) => ({
          images: imageTensor(view.train, batch),
          labels: labelTensor(view.train, batch),
          answers: rowsOf(answers, batch),
          patches: samplePatches(recovered, batch.length, draws),
          ...recovered.places.draw(batch.length, draws),
        }),
        learningRate: (progress) => learningRateAt(options, progress),
        async judge(weights, epoch) {
          const seen = await look(weights)
          context.metrics({ epoch, origin: 'defender', values: repairMetrics(seen) })
          return judge(seen, epoch, weights)
        },
        memory: judge.memory ?? {},
        victim,
      },
      context,
    )
  } finally {
    answers.dispose()
  }
}

function rowsOf(matrix: Tensor2D, rows: Uint32Array): Tensor2D {
  return tf.tidy(() => tf.gather(matrix, tf.tensor1d(Int32Array.from(rows), 'int32')))
}
