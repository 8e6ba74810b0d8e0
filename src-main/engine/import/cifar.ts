/** The two published forms of CIFAR-10 and CIFAR-100 (Krizhevsky, 2009): records of bytes, and pickled batches. */
import { badFile } from './bad-file.js'
import { readPickle } from './pickle/read-pickle.js'
import { itemsOf, PickleArray, PickleDict } from './pickle/values.js'

const SIDE = 32
const PLANE = SIDE * SIDE
const IMAGE_BYTES = 3 * PLANE

export interface CifarForm {
  readonly classes: number
  /** CIFAR-100 has the number of the superclass before that of the class. */
  readonly labelBytes: 1 | 2
  readonly binary: { readonly train: readonly string[]; readonly test: readonly string[] }
  readonly python: { readonly train: readonly string[]; readonly test: readonly string[]; readonly labels: string }
}

const batches = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`)

export const cifarForms: Readonly<Record<'cifar-10' | 'cifar-100', CifarForm>> = {
  'cifar-10': {
    classes: 10,
    labelBytes: 1,
    binary: { train: batches.map((name) => `${name}.bin`), test: ['test_batch.bin'] },
    python: { train: batches, test: ['test_batch'], labels: 'labels' },
  },
  'cifar-100': {
    classes: 100,
    labelBytes: 2,
    binary: { train: ['train.bin'], test: ['test.bin'] },
    python: { train: ['train'], test: ['test'], labels: 'fine_labels' },
  },
}

/** Some images: the planes of red, green and blue of each, one image after the other, found by its first byte. */
export interface PlanarImages {
  readonly labels: Uint8Array
  readonly bytes: Uint8Array
  startOf(index: number): number
}

/** Records of a label and an image, without any header. */
export function readCifarRecords(bytes: Uint8Array, file: string, { classes, labelBytes }: CifarForm): PlanarImages {
  const record = labelBytes + IMAGE_BYTES
  const count = Math.floor(bytes.length / record)
  if (count === 0 || bytes.length !== count * record) {
    throw badFile(file, `is cut off: it has ${bytes.length} bytes, which is no multiple of ${record}`, count * record)
  }
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * record + labelBytes - 1
    if (bytes[at]! >= classes) throw badFile(file, `image ${i} is of class ${bytes[at]}; there are ${classes}`, at)
    labels[i] = bytes[at]!
  }
  return { labels, bytes, startOf: (index) => index * record + labelBytes }
}

/** A pickled dictionary with the images as one array and the labels as a list. */
export function readCifarBatch(bytes: Uint8Array, file: string, { classes, python }: CifarForm): PlanarImages {
  const batch = readPickle(bytes, file)
  if (!(batch instanceof PickleDict)) throw badFile(file, 'holds no dictionary')
  const data = batch.get('data')
  const labels = itemsOf(batch.get(python.labels))
  if (
    !(data instanceof PickleArray) ||
    data.type !== 'u1' ||
    data.shape.length !== 2 ||
    data.shape[1] !== IMAGE_BYTES
  ) {
    throw badFile(file, `its entry "data" is no array of images with ${IMAGE_BYTES} bytes each`)
  }
  if (labels === null || labels.length !== data.shape[0]) {
    throw badFile(file, `its entry "${python.labels}" is no list of ${data.shape[0]} labels`)
  }
  const numbers = labels.map((label, i) => {
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < classes) return label
    throw badFile(file, `image ${i} has no class from 0 to ${classes - 1}`)
  })
  return { labels: Uint8Array.from(numbers), bytes: data.bytes, startOf: (index) => index * IMAGE_BYTES }
}

/** Writes the images into `target`, row by row, channels last. */
export function interleave({ labels, bytes, startOf }: PlanarImages, target: Uint8Array): void {
  for (let i = 0; i < labels.length; i++) {
    const from = startOf(i)
    const to = i * IMAGE_BYTES
    for (let pixel = 0; pixel < PLANE; pixel++) {
      target[to + 3 * pixel] = bytes[from + pixel]!
      target[to + 3 * pixel + 1] = bytes[from + PLANE + pixel]!
      target[to + 3 * pixel + 2] = bytes[from + 2 * PLANE + pixel]!
    }
  }
}
