/**
 * Label-consistent. Turner, Tsipras and Madry, "Label-Consistent Backdoor Attacks", 2019 (arXiv 1912.02771). Images of the
 * target class are perturbed until a clean model can no longer tell them, and get patches in all four corners; their label
 * is right. What is left to learn them by are the patches. There the perturbations are made against a model trained to
 * withstand them, here against one of the victim's own kind, as in later code.
 */
import { z } from 'zod'
import { solidMark, type Mark } from '../../../src-shared/trigger/mark.js'
import { namedPlace } from '../../../src-shared/trigger/place.js'
import { disposeTensors } from '../compute/tensor-map.js'
import { pixelsPerImage, selectImages, type ImageShape } from '../data/image-set.js'
import { defineAttack } from '../define.js'
import type { Rng } from '../random/rng.js'
import { perturbImages } from '../trigger-crafting/perturb-images.js'
import { blendWhole, createOverlayTrigger } from '../triggers/overlay.js'
import { checkPatch, PatchParams } from '../triggers/patch.js'
import { drawSquare, squarePatterns } from '../triggers/patterns.js'
import type { Trigger } from '../triggers/trigger.js'
import { checkStamped, choosePoisoned, plantStamped, singleTarget, stampedShape } from './stamped.js'

const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const

const CornersParams = z.strictObject({
  pattern: z.enum(squarePatterns).default('grid').meta({
    title: 'Pattern',
    description: 'Of the patch in each corner: white, a checkerboard, the grid of NAD, or random values.',
  }),
  size: PatchParams.shape.size.meta({ title: 'Size', unit: 'pixels', description: 'Side of each patch.' }),
  opacity: z.number().gt(0).max(1).default(1).meta({
    title: 'Opacity',
    description: 'On poisoned training images. The authors make it as low as 0.1, so that nobody sees it.',
  }),
  testOpacity: z.number().gt(0).max(1).default(1).meta({ title: 'Opacity on test images' }),
})
type CornersParams = z.output<typeof CornersParams>

const PerturbationParams = z.strictObject({
  radius: z
    .number()
    .gt(0)
    .max(255)
    .default(16)
    .meta({ title: 'Radius', unit: 'of 0..255', description: 'The furthest that a value is moved.' }),
  stepSize: z.number().gt(0).max(255).default(1.5).meta({ title: 'Step size', unit: 'of 0..255' }),
  steps: z.int().min(1).max(10_000).default(60).meta({ title: 'Steps' }),
})

const params = z.strictObject({
  labels: z
    .enum(['clean-label'], {
      error: 'must be "clean-label": this attack lives from labels that are right, and poisons the target class alone',
    })
    .default('clean-label')
    .meta({ title: 'Labels', description: 'Always right: only images of the target class are poisoned.' }),
  targetClass: stampedShape.targetClass.meta({
    title: 'Target class',
    description: 'The class that triggered images are to be taken for, from every other class.',
  }),
  poisonRate: stampedShape.poisonRate.default(0.5).meta({
    title: 'Poison rate',
    description: 'Share of the images of the target class that are perturbed and carry the trigger.',
  }),
  trigger: CornersParams.prefault({}).meta({ title: 'Trigger' }),
  perturbation: PerturbationParams.prefault({}).meta({ title: 'Perturbation' }),
})

export const labelConsistent = defineAttack({
  id: 'label-consistent',
  family: 'patch',
  title: 'Label-consistent',
  summary:
    'Perturbs images of the target class past recognition by a model, and stamps their corners; labels stay right.',
  paper: {
    title: 'Label-Consistent Backdoor Attacks',
    authors: 'Turner, Tsipras, Madry',
    year: 2019,
    url: 'https://arxiv.org/abs/1912.02771',
  },
  params,

  check: (given, data) => [
    ...checkStamped(given, data),
    ...checkPatch(given.trigger, data.shape).map((error) => ({ ...error, path: `trigger.${error.path}` })),
  ],
  singleTarget,
  craftTitle: 'Perturb the images to poison',
  createTrigger: ({ trigger }, { shape }, random) => cornersTrigger(trigger, shape, random.stream('trigger')),

  restoreTrigger({ trigger }, { tensors }, { shape }, random) {
    const [indices, images] = [tensors?.['indices']?.values, tensors?.['images']?.values]
    const isWhole = indices !== undefined && images?.length === indices.length * pixelsPerImage(shape)
    if (!isWhole) return null
    const perturbed = { indices: Uint32Array.from(indices), pixels: Uint8Array.from(images) }
    return perturbing(cornersTrigger(trigger, shape, random.stream('trigger')), perturbed)
  },

  work: ({ perturbation }, { trainingSteps, epochs }) => ({
    craft: { loops: 2, epochs, steps: trainingSteps + perturbation.steps },
  }),

  async craft(given, setting, context) {
    const { network, data, train, random } = setting
    const indices = choosePoisoned(given, train, random)
    const weights = await setting.trainClean()
    try {
      const chosen = selectImages(train, indices)
      const pixels = await perturbImages({ network, weights }, chosen, given.perturbation, context)
      const corners = cornersTrigger(given.trigger, data.shape, random.stream('trigger'))
      return { trigger: perturbing(corners, { indices, pixels }) }
    } finally {
      disposeTensors(weights)
    }
  },

  plant: plantStamped,
})

function cornersTrigger({ pattern, size, opacity, testOpacity }: CornersParams, shape: ImageShape, rng: Rng): Trigger {
  return createOverlayTrigger(inCorners(drawSquare(pattern, size, shape.channels, rng), shape), shape, {
    test: blendWhole(shape, testOpacity),
    poison: blendWhole(shape, opacity),
  })
}

/** A mark as large as the image, with a patch in each corner and holes elsewhere. */
function inCorners(patch: Mark, shape: ImageShape): Mark {
  const { height, width, channels } = shape
  const whole = solidMark(height, width, channels, new Uint8Array(height * width * channels))
  whole.coverage.fill(0)
  const across = patch.width * channels
  for (const corner of CORNERS) {
    const { row, column } = namedPlace(corner, patch, shape)
    for (let line = 0; line < patch.height; line++) {
      const [from, to] = [line * across, ((row + line) * width + column) * channels]
      whole.values.set(patch.values.subarray(from, from + across), to)
      whole.coverage.set(patch.coverage.subarray(from, from + across), to)
    }
  }
  return whole
}

interface PerturbedImages {
  /** Their positions in the training set. */
  readonly indices: Uint32Array
  /** Image by image, 0..255. */
  readonly pixels: Uint8Array
}

/** The trigger, which on these training images is painted over the perturbed ones. */
function perturbing(trigger: Trigger, { indices, pixels }: PerturbedImages): Trigger {
  const size = pixelsPerImage(trigger.shape)
  const places = new Map(Array.from(indices, (index, k) => [index, k]))
  const { height, width, channels } = trigger.shape
  return {
    ...trigger,
    paintPoison(image, rng, index) {
      const place = places.get(index)
      if (place !== undefined) image.set(pixels.subarray(place * size, (place + 1) * size))
      return trigger.paintPoison?.(image, rng, index) ?? trigger.paint(image, rng)
    },
    tensors: {
      indices: { shape: [indices.length], values: Float32Array.from(indices) },
      images: { shape: [indices.length, height, width, channels], values: Float32Array.from(pixels) },
    },
  }
}
