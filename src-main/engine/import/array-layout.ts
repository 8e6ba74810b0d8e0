/** Images and labels as arrays of NumPy in one npz file, under the names that Keras and much other code give them. */
import { MAX_CLASSES, type ImportOptions } from '../../../src-shared/model/dataset.js'
import { badFile } from './bad-file.js'
import { shuffled, splitByClass } from './folder-layout.js'
import { numbersOf, readNpy } from './model/npy.js'
import type { PickleArray } from './pickle/values.js'
import type { CommonShape, LabelledPicture } from './picture.js'
import type { Source } from './source.js'

const MAX_SIDE = 1024
const WHITE = 255

/** Names of images and labels, of a split or of all there are. */
const NAMES = {
  train: { images: ['x_train', 'X_train', 'train_images'], labels: ['y_train', 'Y_train', 'train_labels'] },
  test: { images: ['x_test', 'X_test', 'test_images'], labels: ['y_test', 'Y_test', 'test_labels'] },
  all: { images: ['images', 'x', 'X', 'data'], labels: ['labels', 'y', 'Y', 'target'] },
} as const

export interface ArrayLayout {
  readonly classNames: readonly string[]
  readonly train: readonly LabelledPicture[]
  readonly test: readonly LabelledPicture[]
  readonly shape: CommonShape
  readonly notes: readonly string[]
}

/** Whether a source is an archive of arrays and nothing else. */
export function isArrays({ kind, files }: Source): boolean {
  return kind === 'archive' && files.length > 0 && files.every(({ path }) => path.endsWith('.npy'))
}

/** Throws `invalid-input` that names the file or array that is wrong. */
export async function readArrays(source: Source, options: ImportOptions): Promise<ArrayLayout> {
  const used = new Set<string>()
  const read = async (names: readonly string[]): Promise<{ array: PickleArray; path: string } | null> => {
    const file = source.files.find(({ path }) => names.includes(path.slice(0, -'.npy'.length)))
    if (file === undefined) return null
    used.add(file.path)
    return { array: readNpy(await file.read(), `${source.name}: ${file.path}`), path: `${source.name}: ${file.path}` }
  }
  const split = async (which: keyof typeof NAMES) => {
    const images = await read(NAMES[which].images)
    const labels = await read(NAMES[which].labels)
    if (images === null && labels === null) return null
    if (images === null || labels === null) {
      const missing = NAMES[which][images === null ? 'images' : 'labels']
      throw badFile(source.name, `has no array ${missing.join(' or ')}`)
    }
    return labelled(images, labels)
  }
  const train = await split('train')
  const test = await split('test')
  const all = train === null && test === null ? await split('all') : null
  const first = train ?? all
  if (first === null || (train !== null && test === null)) {
    const there = source.files.map(({ path }) => path).join(', ')
    throw badFile(source.name, `needs x_train, y_train, x_test and y_test, or images and labels; it has ${there}`)
  }
  if (
    test !== null &&
    (test.height !== first.height || test.width !== first.width || test.channels !== first.channels)
  ) {
    throw badFile(source.name, 'has training and test images of different shapes')
  }
  const labels = [...first.pictures, ...(test?.pictures ?? [])].map(({ label }) => label)
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0)
  if (classes < 2) throw badFile(source.name, 'holds one class only')
  const classNames = Array.from({ length: classes }, (_, label) => String(label))
  const splits =
    test === null
      ? splitByClass(first.pictures, classNames, options, source.name)
      : { train: first.pictures, test: test.pictures }
  const left = source.files.filter(({ path }) => !used.has(path)).map(({ path }) => path)
  const { height, width } = options.size === null ? first : { height: options.size, width: options.size }
  const channels = options.channels === 'auto' ? first.channels : options.channels === 'gray' ? 1 : 3
  return {
    classNames,
    train: shuffled(splits.train, options.splitSeed, 'train'),
    test: shuffled(splits.test, options.splitSeed, 'test'),
    shape: { height, width, channels, notes: height === first.height ? [] : [`Resized to ${height} x ${width}.`] },
    notes: [
      ...(test === null
        ? [`Split by seed ${options.splitSeed}: ${options.testShare} of each class are test images.`]
        : []),
      ...(left.length === 0 ? [] : [`Left out: ${left.join(', ')}.`]),
    ],
  }
}

interface Labelled {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly pictures: readonly LabelledPicture[]
}

function labelled(
  images: { array: PickleArray; path: string },
  labels: { array: PickleArray; path: string },
): Labelled {
  const { shape } = images.array
  const [count = 0] = shape
  const form = formOf(shape)
  if (form === null || count < 1) {
    throw badFile(
      images.path,
      `has the shape [${shape.join(', ')}]; images have count x height x width, with 1 or 3 channels last or second, and ` +
        `at most ${MAX_SIDE} pixels a side`,
    )
  }
  const numbers = numbersOf(labels.array, labels.path)
  if (numbers.length !== count) {
    throw badFile(labels.path, `has ${numbers.length} labels for ${count} images`)
  }
  const wrong = numbers.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= MAX_CLASSES)
  if (wrong !== -1)
    throw badFile(labels.path, `label ${wrong} is ${numbers[wrong]}; 0 to ${MAX_CLASSES - 1} are classes`)
  const bytes = bytesOf(images)
  const size = form.height * form.width * form.channels
  const pictures = Array.from(numbers, (label, index): LabelledPicture => ({
    label,
    open: async () => {
      const own = bytes.subarray(index * size, (index + 1) * size)
      return { ...form, pixels: form.isPlanar ? interleaved(own, form.channels) : own }
    },
  }))
  return { ...form, pictures }
}

function formOf(shape: readonly number[]) {
  const isSide = (value: number | undefined): value is number => value !== undefined && value >= 1 && value <= MAX_SIDE
  const isColours = (value: number | undefined): value is 1 | 3 => value === 1 || value === 3
  const [, a, b, c] = shape
  if (shape.length === 3 && isSide(a) && isSide(b))
    return { height: a, width: b, channels: 1 as const, isPlanar: false }
  if (shape.length !== 4) return null
  if (isColours(c) && isSide(a) && isSide(b)) return { height: a, width: b, channels: c, isPlanar: false }
  if (isColours(a) && isSide(b) && isSide(c)) return { height: b, width: c, channels: a, isPlanar: true }
  return null
}

/** Bytes as they are, or shares from 0 to 1 as bytes. */
function bytesOf({ array, path }: { array: PickleArray; path: string }): Uint8Array {
  if (array.type === 'u1') return array.bytes
  if (!array.type.startsWith('f')) {
    throw badFile(path, `holds values of the type ${array.type}; images are bytes, or shares from 0 to 1`)
  }
  const values = numbersOf(array, path)
  const wrong = values.findIndex((value) => !(value >= 0 && value <= 1))
  if (wrong !== -1) throw badFile(path, `value ${wrong} is ${values[wrong]}, and shares of white go from 0 to 1`)
  return Uint8Array.from(values, (value) => Math.round(WHITE * value))
}

function interleaved(planes: Uint8Array, channels: number): Uint8Array {
  const count = planes.length / channels
  return planes.map((_, at) => planes[(at % channels) * count + Math.floor(at / channels)]!)
}
