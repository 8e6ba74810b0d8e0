import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { markOfPicture, type Mark } from '../../../src-shared/trigger/mark.js'
import type { CraftSetting, DatasetInfo } from '../define.js'
import type { RandomStreams } from '../random/streams.js'
import type { PixelImage, RunContext } from '../run-context.js'
import type { Classifier } from '../nn/network.js'
import { exciteNeurons, patchOfMark, readNeurons, type CraftedPatch } from '../trigger-crafting/craft-patch.js'
import { lastFeatures } from '../evaluation/features.js'
import { chooseNeurons } from '../trigger-crafting/neurons.js'
import { checkPatchTrigger, drawMark, PatchParams } from '../triggers/patch.js'
import { fixedPlace, FixedPosition } from '../triggers/place.js'

/** A patch that is optimised for one place: what it starts from, and where it sits. */
export const OptimisedPatchParams = PatchParams.extend({
  pattern: PatchParams.shape.pattern.default('random-uniform'),
  position: FixedPosition.default('bottom-right').meta({
    title: 'Position',
    control: 'place',
    description: 'The same on every image, as the patch is optimised for it; a place is that of the upper left pixel.',
  }),
})
export type OptimisedPatchParams = z.output<typeof OptimisedPatchParams>

const positive = z.number().gt(0)
const usedBy = (method: string) => ({ usedWhen: { field: 'method', is: [method] } })

/** How inner neurons are chosen and excited. */
export const NeuronParams = z.strictObject({
  choice: z
    .enum(['largest-weights', 'least-active'])
    .default('largest-weights')
    .meta({
      title: 'Choice',
      description:
        'Of the neurons before the last layer: those with the largest weights to it, or those that the training ' +
        'images excite least.',
    }),
  count: z.int().min(1).max(1024).default(2).meta({ title: 'Neurons' }),
  value: positive.max(10_000).default(100).meta({ title: 'Target value', description: 'Activation to reach for.' }),
  method: z.enum(['adam', 'signed']).default('adam').meta({
    title: 'Method',
    description: 'Adam on the argument of tanh, or steps of one size along the sign of the gradient.',
  }),
  steps: z.int().min(1).max(100_000).default(1000).meta({ title: 'Steps', description: 'At most.' }),
  learningRate: positive
    .max(10)
    .default(0.1)
    .meta({ title: 'Learning rate', description: 'At the start, then a cosine down to zero.', ...usedBy('adam') }),
  stepSize: positive
    .max(1)
    .default(0.1)
    .meta({ title: 'Step size', unit: 'of 0..1', ...usedBy('signed') }),
  radius: positive
    .max(1)
    .default(1)
    .meta({
      title: 'Radius',
      unit: 'of 0..1',
      description: 'How far a pixel may get from where it started.',
      ...usedBy('signed'),
    }),
  stopBelow: positive.nullable().default(null).meta({
    title: 'Stop below',
    description: 'Sum of squared distances from the target value that is enough; null: all steps are taken.',
  }),
})
export type NeuronParams = z.output<typeof NeuronParams>

export function checkOptimisedPatch(trigger: OptimisedPatchParams, { shape }: DatasetInfo): FieldError[] {
  return checkPatchTrigger(trigger, shape).map((error) => ({ ...error, path: `trigger.${error.path}` }))
}

/** What the optimisation starts from. */
export function initialMark(trigger: OptimisedPatchParams, { shape }: DatasetInfo, random: RandomStreams): Mark {
  return drawMark(trigger, shape.channels, random.stream('trigger'))
}

/** What the optimisation ended with, by the picture of it: its values, covering what the mark covered at the start. */
export function finalMark(
  trigger: OptimisedPatchParams,
  picture: PixelImage,
  data: DatasetInfo,
  random: RandomStreams,
): Mark {
  const { height, width, channels, coverage } = initialMark(trigger, data, random)
  const { values } = markOfPicture(height, width, channels, picture.pixels)
  return { height, width, channels, values, coverage }
}

export function initialPatch(trigger: OptimisedPatchParams, mark: Mark, { shape }: DatasetInfo): CraftedPatch {
  return patchOfMark(mark, trigger.opacity, fixedPlace(trigger.position, mark, shape))
}

/** Chooses neurons of a clean model, excites them with the patch, and says how well that went. */
export async function exciteChosen(
  clean: Classifier,
  { choice, count, value, ...options }: NeuronParams,
  patch: CraftedPatch,
  { train }: CraftSetting,
  context: RunContext,
): Promise<CraftedPatch> {
  const neurons = await chooseNeurons(choice, count, clean, train)
  const crafted = await exciteNeurons(clean, neurons, value, patch, options, context)
  const [before, after] = [await readNeurons(clean, neurons, patch), await readNeurons(clean, neurons, crafted)]
  context.note(
    'info',
    `The trigger brings neurons ${neurons.join(', ')} of "${lastFeatures(clean.network).name}" from ${short(before)} ` +
      `to ${short(after)} (target ${value}).`,
  )
  return crafted
}

function short(values: readonly number[]): string {
  return values.map((value) => String(Number(value.toPrecision(3)))).join(', ')
}
