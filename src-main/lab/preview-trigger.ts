import { invalidInput, parseOrThrow } from '../../src-shared/contract/field-errors.js'
import { Experiment } from '../../src-shared/model/experiment.js'
import type { PixelBlock, PreviewRequest, TriggerPreview } from '../../src-shared/model/trigger-preview.js'
import { toBase64 } from '../../src-shared/util/base64.js'
import { selectImages, type ImageSet, type ImageShape } from './data/image-set.js'
import type { AttackDefinition } from './define.js'
import type { DatasetReader } from './datasets/reader.js'
import { isCrafted, planExperiment } from './experiment-plan.js'
import { models } from './models/index.js'
import { createRandomStreams } from './random/streams.js'

const Looked = Experiment.pick({ dataset: true, attack: true, seed: true })

/**
 * Some of the very training images that a run of this experiment will poison. Only dataset, attack and seed are looked
 * at, so that a form that is still wrong elsewhere has its preview too.
 */
export async function previewTrigger(
  { experiment, offset, count }: PreviewRequest & { offset: number; count: number },
  reader: DatasetReader,
): Promise<TriggerPreview> {
  const looked = parseOrThrow(Looked.strip(), experiment)
  const plan = planExperiment({ ...looked, model: { id: models.all[0]!.id }, defenses: [] }, reader)
  if (plan.attack === null) {
    throw invalidInput([
      { path: 'attack', value: 'null', message: 'must be an attack: without one nothing is poisoned' },
    ])
  }
  const random = createRandomStreams(plan.experiment.seed)
  const { train } = await plan.dataset.definition.load(plan.dataset.params, {
    reader,
    random: random.within('dataset'),
  })
  const { definition, params } = plan.attack
  const attackRandom = random.within('attack')
  const trigger = definition.createTrigger(params, plan.data, attackRandom)
  const setting = { train, data: plan.data, random: attackRandom }
  const { poisonedTrain, poisonedIndices, coverIndices } = definition.plant(params, trigger, setting)
  const notes = [
    ...(isCrafted(plan.attack) ? [craftNote(definition)] : []),
    ...(coverIndices.length > 0 ? [coverNote(coverIndices.length)] : []),
  ]
  const shown = poisonedIndices.subarray(offset, offset + count)
  return {
    poisonedImages: poisonedIndices.length,
    trainingImages: train.count,
    classNames: [...plan.data.classNames],
    samples: Array.from(shown, (index) => ({
      index,
      trueClass: train.labels[index]!,
      poisonedClass: poisonedTrain.labels[index]!,
    })),
    clean: blockOf(selectImages(train, shown)),
    poisoned: blockOf(selectImages(poisonedTrain, shown)),
    trigger: block(trigger.picture.shape, trigger.picture.pixels, 1),
    note: notes.length === 0 ? null : notes.join(' '),
  }
}

function craftNote({ title, craftTitle }: AttackDefinition): string {
  return craftTitle === undefined
    ? `${title} optimises its trigger when the run starts: this is the one it starts from.`
    : `When the run starts, ${title} will also ${craftTitle.toLowerCase()}; that is not shown here.`
}

function coverNote(count: number): string {
  return `${count} images more are covers: changed in a similar way, with their label kept.`
}

function blockOf({ shape, pixels, count }: ImageSet): PixelBlock {
  return block(shape, pixels, count)
}

function block({ height, width, channels }: ImageShape, pixels: Uint8Array, count: number): PixelBlock {
  return { count, height, width, channels, base64: toBase64(pixels) }
}
