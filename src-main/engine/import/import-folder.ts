import {
  DATASET_FORMAT,
  DATASET_VERSION,
  type DatasetActivity,
  type DatasetName,
  type ImportOptions,
  type StoredDataset,
} from '../../../src-shared/model/dataset.js'
import { IMAGE_FOLDER } from '../../../src-shared/model/official-datasets.js'
import { allocateDataset } from '../../storage/dataset-file.js'
import { badFile } from './bad-file.js'
import { isArrays, readArrays } from './array-layout.js'
import { readLayout, type LabelledFile } from './folder-layout.js'
import type { Imported } from './import-official.js'
import type { ImportLimits } from './limits.js'
import type { CommonShape, LabelledPicture, Picture } from './picture.js'
import { openPictureDecoder, readPictureSize } from './read-picture.js'
import { createResizer } from './resize.js'
import { openSource, type Source } from './source.js'

const REPORT_EVERY_MS = 100

export interface FolderImport {
  readonly path: string
  readonly name: DatasetName
  readonly options: ImportOptions
  readonly limits: ImportLimits
  readonly now: () => Date
  readonly report: (activity: DatasetActivity) => void
}

/** Imports pictures in one folder per class, or arrays of images. Throws an error that names what is wrong. */
export async function importFolder({ path, name, options, limits, now, report }: FolderImport): Promise<Imported> {
  const source = await openSource(path, limits)
  const tell = paced(report)
  if (isArrays(source)) {
    const arrays = await readArrays(source, options)
    return storePictures({ source, name, options, limits, now, tell, ...arrays })
  }
  const layout = readLayout(source, options)
  const shape = await commonShape([...layout.train, ...layout.test], source.name, { options, limits, tell })
  const decoder = await openPictureDecoder()
  const opened = ({ file, label }: LabelledFile): LabelledPicture => ({
    label,
    open: async () => decoder.decode(await file.read(), file.path),
  })
  return storePictures({
    source,
    name,
    options,
    limits,
    now,
    tell,
    ...layout,
    train: layout.train.map(opened),
    test: layout.test.map(opened),
    shape,
  })
}

interface Pictures extends Pick<FolderImport, 'name' | 'options' | 'limits' | 'now'> {
  readonly source: Source
  readonly tell: Tell
  readonly classNames: readonly string[]
  readonly train: readonly LabelledPicture[]
  readonly test: readonly LabelledPicture[]
  /** That all images get. */
  readonly shape: CommonShape
  readonly notes: readonly string[]
}

/** Every picture in the common form, as one dataset. */
async function storePictures(pictures: Pictures): Promise<Imported> {
  const { source, name, limits, now, tell, shape, ...layout } = pictures
  const files = [...layout.train, ...layout.test]
  const form = { shape, trainImages: layout.train.length, testImages: layout.test.length }
  const imageBytes = shape.height * shape.width * shape.channels
  if (files.length * (imageBytes + 1) > limits.storedBytes) {
    throw badFile(
      source.name,
      `${files.length} images of ${shape.height} x ${shape.width} x ${shape.channels} take more than the ` +
        `${limits.storedBytes} bytes allowed; a smaller --size makes them fit`,
    )
  }
  const bytes = allocateDataset(form)
  const resizer = createResizer(shape.height, shape.width)
  for (const [index, { open, label }] of files.entries()) {
    await tell('decode images', index, files.length)
    const picture = resizer.resize(await open())
    const isTrain = index < form.trainImages
    const at = isTrain ? index : index - form.trainImages
    const [labels, pixels] = isTrain ? [bytes.trainLabels, bytes.trainPixels] : [bytes.testLabels, bytes.testPixels]
    labels[at] = label
    putPixels(picture, shape.channels, pixels.subarray(at * imageBytes, (at + 1) * imageBytes))
  }

  const header: Omit<StoredDataset, 'sha256'> = {
    format: DATASET_FORMAT,
    version: DATASET_VERSION,
    id: IMAGE_FOLDER,
    name,
    ...form,
    classNames: [...layout.classNames],
    pixelNormalization: measurePixels(bytes.trainPixels, shape.channels),
    verified: 'structure',
    source: source.name,
    notes: [...layout.notes, ...shape.notes],
    importedAt: now().toISOString(),
  }
  return { header: { ...header, shape: { height: shape.height, width: shape.width, channels: shape.channels } }, bytes }
}

type Tell = (text: string, done: number, total: number) => Promise<void>

/** Reports ten times a second, and lets messages in between. */
function paced(report: FolderImport['report']): Tell {
  let last = -Infinity
  return async (text, done, total) => {
    const now = performance.now()
    if (now - last < REPORT_EVERY_MS) return
    last = now
    report({ phase: 'import', text, done, total, unit: 'images' })
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The form that all images get: that of the files where they agree, else the one asked for. */
async function commonShape(
  files: readonly LabelledFile[],
  source: string,
  { options, limits, tell }: { options: ImportOptions; limits: ImportLimits; tell: Tell },
): Promise<CommonShape> {
  const sizes = new Map<string, { height: number; width: number; file: string }>()
  let isGray = true
  for (const [index, { file }] of files.entries()) {
    await tell('read sizes', index, files.length)
    const size = readPictureSize(await file.read(), file.path, limits)
    isGray &&= size.isGray
    const key = `${size.height} x ${size.width}`
    if (!sizes.has(key)) sizes.set(key, { height: size.height, width: size.width, file: file.path })
  }
  const channels = options.channels === 'gray' || (options.channels === 'auto' && isGray) ? 1 : 3
  const [first] = sizes.values()
  if (options.size !== null) {
    const { size } = options
    const isSame = sizes.size === 1 && first!.height === size && first!.width === size
    return { height: size, width: size, channels, notes: isSame ? [] : [`Resized to ${size} x ${size}.`] }
  }
  if (sizes.size > 1) {
    const some = [...sizes].slice(0, 2).map(([size, { file }]) => `${file} is ${size}`)
    throw badFile(source, `the images differ in size (${some.join(', ')}); --size says to which they are resized`)
  }
  const maxSide = 1024
  if (first!.height > maxSide || first!.width > maxSide) {
    throw badFile(source, `the images are ${first!.height} x ${first!.width}; --size says to which they are resized`)
  }
  return { height: first!.height, width: first!.width, channels, notes: [] }
}

/** Gray from colour as ITU-R BT.601 weighs it, which is what Python's imaging libraries do. */
function putPixels({ pixels, channels }: Picture, wanted: 1 | 3, target: Uint8Array): void {
  if (channels === wanted) {
    target.set(pixels)
    return
  }
  if (wanted === 3) {
    pixels.forEach((value, i) => target.fill(value, 3 * i, 3 * i + 3))
    return
  }
  for (let i = 0; i < target.length; i++) {
    const [red, green, blue] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!]
    target[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
}

const PLACES = 10_000

/** Mean and deviation of each channel over all pixels, in units of 0..1, to four places. */
function measurePixels(pixels: Uint8Array, channels: number): StoredDataset['pixelNormalization'] {
  const sums = Array.from({ length: channels }, () => 0)
  const squares = Array.from({ length: channels }, () => 0)
  for (let c = 0; c < channels; c++) {
    // Counting values first keeps the sums exact, and is quicker.
    const counts = new Uint32Array(256)
    for (let i = c; i < pixels.length; i += channels) counts[pixels[i]!]! += 1
    counts.forEach((times, value) => {
      sums[c]! += times * value
      squares[c]! += times * value * value
    })
  }
  const count = pixels.length / channels
  const round = (value: number): number => Math.round(value * PLACES) / PLACES
  const mean = sums.map((sum) => sum / count / 255)
  return {
    mean: mean.map(round),
    // Images that are all alike have no deviation to divide by.
    deviation: squares.map((sum, c) => Math.max(1 / 255, round(Math.sqrt(sum / count / 65_025 - mean[c]! ** 2)))),
  }
}
