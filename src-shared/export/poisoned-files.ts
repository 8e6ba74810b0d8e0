/** A poisoned dataset as a file for other programs. */
import { MAX_POISONED_IMAGES } from '../contract/poison-commands.js'
import { npzOf } from '../inspection/values-file.js'
import { byteBlock, bytesOf, intsOf, type ArrayBlock } from '../model/array-block.js'
import type { PoisonedDataset, PoisonedSplit, PoisonSource } from '../model/poisoned-dataset.js'
import type { CommandCaller } from '../report/heat.js'
import { fromBase64 } from '../util/base64.js'
import { csvText } from '../util/csv.js'
import { pngOf } from '../util/png.js'
import { utf8 } from '../util/utf8.js'
import { zipStored, type ZipEntry } from '../util/zip-store.js'

export const POISONED_FORMATS = ['poisoned-npz', 'poisoned-folder'] as const
export type PoisonedFormat = (typeof POISONED_FORMATS)[number]

/** Digits of the number in the name of a picture. */
const NAME_DIGITS = 6

interface SplitImages extends PoisonedSplit {
  readonly pixels: Uint8Array
}

/** Everything that the attack made of the dataset: to train on, to test with, and which images have the trigger. */
export async function poisonedFile(
  client: CommandCaller,
  source: PoisonSource,
  format: PoisonedFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  const dataset = await client.call('poison.describe', { source })
  const splits: SplitImages[] = []
  for (const split of dataset.splits) splits.push({ ...split, pixels: await pixelsOf(client, source, split, dataset) })
  return format === 'poisoned-npz' ? poisonedNpz(dataset, splits) : poisonedFolder(dataset, splits)
}

async function pixelsOf(
  client: CommandCaller,
  source: PoisonSource,
  { id, count }: PoisonedSplit,
  { shape }: PoisonedDataset,
): Promise<Uint8Array> {
  const size = shape.height * shape.width * shape.channels
  const pixels = new Uint8Array(count * size)
  for (let from = 0; from < count; from += MAX_POISONED_IMAGES) {
    const part = await client.call('poison.images', { source, split: id, from, count: MAX_POISONED_IMAGES })
    pixels.set(fromBase64(part.base64), from * size)
  }
  return pixels
}

/** For each split `x_...` (images x height x width x channels), `y_...`, `y_true_...`, `poisoned_...`, `position_...`. */
function poisonedNpz({ name, shape, classNames }: PoisonedDataset, splits: readonly SplitImages[]) {
  const arrays = splits.flatMap(
    ({ id, count, pixels, labels, trueLabels, poisoned, positions }): [string, ArrayBlock][] => [
      [`x_${id}`, byteBlock(pixels, [count, shape.height, shape.width, shape.channels])],
      [`y_${id}`, labels],
      [`y_true_${id}`, trueLabels],
      [`poisoned_${id}`, poisoned],
      [`position_${id}`, positions],
    ],
  )
  return npzOf(Object.fromEntries(arrays), { name, classNames })
}

/** `<split>/<class>/<number>.png`, by the class that the victim is told, and what else is known in `labels.csv`. */
function poisonedFolder({ shape, classNames }: PoisonedDataset, splits: readonly SplitImages[]) {
  const { height, width } = shape
  const channels = shape.channels === 1 ? 1 : 3
  const size = height * width * channels
  const rows: (string | number)[][] = []
  const entries = splits.flatMap((split) => {
    const [labels, trueLabels, poisoned] = [split.labels, split.trueLabels, split.poisoned].map(bytesOf) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const positions = intsOf(split.positions)
    return Array.from({ length: split.count }, (_, index): ZipEntry => {
      const label = labels[index]!
      const name = `${split.id}/${folderName(classNames, label)}/${String(index).padStart(NAME_DIGITS, '0')}.png`
      rows.push([name, split.id, label, trueLabels[index]!, poisoned[index]!, positions[index]!])
      const pixels = split.pixels.subarray(index * size, (index + 1) * size)
      return { name, content: pngOf({ width, height, channels, pixels }) }
    })
  })
  const table = csvText([['file', 'split', 'label', 'true_label', 'poisoned', 'position'], ...rows])
  return zipStored([{ name: 'labels.csv', content: utf8(table) }, ...entries])
}

/** Numbered, so that the folders of the classes sort as the classes do, and without what no folder may be called. */
function folderName(classNames: readonly string[], label: number): string {
  const digits = String(classNames.length - 1).length
  const name = (classNames[label] ?? '').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
  const number = String(label).padStart(digits, '0')
  return name === '' || name === number ? number : `${number}-${name}`
}
