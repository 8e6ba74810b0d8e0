import type { JsonValue } from '../../src-shared/model/json.js'
import { tensorsOfStored } from './checkpoints.js'
import { disposeTensors, type TensorMap } from './compute/tensor-map.js'
import { createImageSet, type ImageSet } from './data/image-set.js'
import type {
  AttackDefinition,
  CoTraining,
  CraftedTrigger,
  CraftSetting,
  DatasetInfo,
  PlantedBackdoor,
} from './define.js'
import { curveExam, measureScores, reportScores } from './evaluation/scores.js'
import { isCrafted, weightsMetadata, type Chosen, type ExperimentPlan } from './experiment-plan.js'
import type { Network } from './nn/network.js'
import { plannedTraining } from './planned-training.js'
import type { RandomStreams } from './random/streams.js'
import type { RunContext } from './run-context.js'
import { besides } from './stage-parts.js'
import { trainClassifier, type Companion } from './training/train-classifier.js'
import type { Trigger } from './triggers/trigger.js'

export interface AttackGround {
  readonly plan: ExperimentPlan
  readonly network: Network
  readonly train: ImageSet
  /** Clean test images, to say how good a clean model is. The attack does not see them. */
  readonly test: ImageSet
  readonly random: RandomStreams
}

/** An attack under way: what it has planted, and how it follows the victim's training. */
export interface RunningAttack {
  /** The backdoor as it is planted now. */
  readonly backdoor: PlantedBackdoor
  /** What the victim is trained on. */
  readonly trainingImages: ImageSet
  /** Plants anew for the victim as it is at the start of an epoch; null for an attack that has said all before. */
  readonly renew: ((weights: TensorMap, epoch: number) => Promise<void>) | null
  /** What the attacker's networks do in the victim's training; null for an attack without. */
  readonly companion: (Omit<Companion, 'step'> & Pick<CoTraining, 'step'>) | null
  /** What a checkpoint of the victim's training keeps of it. */
  remember(): JsonValue
  /** Plants as it was planted then, and saves that trigger: until then it is the one that was crafted anew. */
  recall(remembered: JsonValue): Promise<void>
}

/** Crafts the trigger where the attack does so, poisons, and saves both before anything is trained on them. */
export async function startAttack(
  attack: Chosen<AttackDefinition>,
  ground: AttackGround,
  context: RunContext,
): Promise<RunningAttack> {
  const { definition, params } = attack
  const { plan, train } = ground
  const random = ground.random.within('attack')
  const plantWith = (trigger: CraftedTrigger['trigger']): PlantedBackdoor =>
    definition.plant(params, trigger, { train, data: plan.data, random })

  const craft = isCrafted(attack) ? definition.craft : undefined
  if (craft !== undefined) context.enterStage('craft')
  const { trigger, renew, renewal, coTraining }: CraftedTrigger =
    craft === undefined
      ? { trigger: definition.createTrigger(params, plan.data, random) }
      : // Of crafting, training the clean model takes by far the longest: it alone tells how far the stage is.
        await craft(params, craftSetting(ground, context), besides(context))
  context.enterStage('poison')
  let backdoor = plantWith(trigger)
  await saveBackdoor(backdoor, train, context)

  return {
    get backdoor() {
      return backdoor
    },
    get trainingImages() {
      const { poisonedTrain } = backdoor
      // Who learns to paint paints anew in every step.
      return coTraining === undefined ? poisonedTrain : createImageSet(train.shape, train.pixels, poisonedTrain.labels)
    },
    companion:
      coTraining === undefined
        ? null
        : {
            initial: coTraining.initial,
            step: (victim) => coTraining.step(victim),
            batches: (batchSize, shuffle) => coTraining.batches(backdoor, batchSize, shuffle),
            async learnt(state) {
              backdoor = plantWith(await coTraining.triggerOf(state))
              await saveTrigger(backdoor.trigger, context)
            },
          },
    remember: () => renewal?.remember() ?? null,
    async recall(remembered) {
      if (renewal === undefined) return
      backdoor = plantWith(renewal.recall(remembered))
      await saveTrigger(backdoor.trigger, context)
    },
    renew:
      renew === undefined
        ? null
        : async (weights, epoch) => {
            backdoor = plantWith(await renew(weights, epoch, besides(context)))
            const number = String(epoch).padStart(3, '0')
            const { picture } = backdoor.trigger
            await context.files.saveImage(`trigger/epoch-${number}.png`, `Trigger of epoch ${epoch}`, picture)
            await saveTrigger(backdoor.trigger, context)
          },
  }
}

/**
 * The backdoor of a victim that was trained elsewhere: its trigger and its target, to be measured. No image is poisoned,
 * since nothing is trained here.
 */
export function foreignBackdoor(
  { definition, params }: Chosen<AttackDefinition>,
  data: DatasetInfo,
  random: RandomStreams,
): PlantedBackdoor {
  const streams = random.within('attack')
  const trigger = definition.createTrigger(params, data, streams)
  const train = createImageSet(data.shape, new Uint8Array(), new Uint8Array())
  return definition.plant(params, trigger, { train, data, random: streams })
}

function craftSetting({ plan, network, train, test, random }: AttackGround, context: RunContext): CraftSetting {
  const streams = random.within('clean-model')
  const exam = curveExam({ clean: test, triggered: null })
  return {
    train,
    data: plan.data,
    network,
    random: random.within('attack'),
    async trainClean() {
      const weights = await trainClassifier(
        {
          ...plannedTraining(plan, network, streams),
          data: train,
          note: 'training a clean model',
          afterEpoch: async (now, epoch) => reportScores(context, await measureScores(network, now, exam), epoch),
        },
        context,
      )
      await context.files.saveTensors('clean.safetensors', 'Weights of the clean model', weights, weightsMetadata(plan))
      return weights
    },
  }
}

/** Trigger and indices; with the experiment they give every poisoned image again, byte for byte. */
async function saveBackdoor(
  { trigger, poisonedIndices, poisonedTrain, coverIndices }: PlantedBackdoor,
  train: ImageSet,
  context: RunContext,
): Promise<void> {
  await saveTrigger(trigger, context)
  await context.files.saveJson('poison.json', 'Positions of the poisoned training images', {
    trainingImages: train.count,
    poisonedIndices: [...poisonedIndices],
    poisonedLabels: Array.from(poisonedIndices, (index) => poisonedTrain.labels[index]),
    coverIndices: [...coverIndices],
  })
}

/** All that `restoreTrigger` restores it from. */
export async function saveTrigger({ picture, tensors }: Trigger, { files }: RunContext): Promise<void> {
  await files.saveImage('trigger.png', 'True trigger', picture)
  if (tensors === undefined) return
  const copies = tensorsOfStored(tensors)
  try {
    await files.saveTensors('trigger.safetensors', 'True trigger in numbers', copies, {})
  } finally {
    disposeTensors(copies)
  }
}
