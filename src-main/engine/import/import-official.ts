import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { DATASET_FORMAT, DATASET_VERSION, type StoredDataset } from '../../../src-shared/model/dataset.js'
import { officialDatasets, type OfficialDataset } from '../../../src-shared/model/official-datasets.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { allocateDataset, type DatasetBytes } from '../../storage/dataset-file.js'
import { badFile } from './bad-file.js'
import { cifarForms, interleave, readCifarBatch, readCifarRecords, type CifarForm, type PlanarImages } from './cifar.js'
import { isGzip, unpackGzip } from './gzip.js'
import { readIdxImages, readIdxLabels } from './idx.js'
import type { ImportLimits } from './limits.js'
import { openSource, type Source, type SourceFile } from './source.js'

export interface Imported {
  readonly header: Omit<StoredDataset, 'sha256'>
  readonly bytes: DatasetBytes
}

/** Room for names and numbers around the images of a file. */
const OVERHEAD_BYTES = 4_000_000

interface Split {
  readonly count: number
  copyInto(pixels: Uint8Array, labels: Uint8Array): void
}

interface Content {
  readonly train: Split
  readonly test: Split
  /** Whether every file was, byte for byte, the official one. */
  readonly isVerified: boolean
}

/** How to read one published form of a dataset once all of its files are found side by side. */
interface Form {
  /** Names of the files without an ending for packing, and other names that some programs give them. */
  readonly names: readonly (readonly string[])[]
  read(files: readonly CheckedFile[]): { train: Split; test: Split }
}

interface CheckedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Imports an official dataset from a folder or archive that holds its files, in any published form and however they are
 * packed: what counts is their unpacked content. Throws an error that names what is missing or wrong.
 */
export async function importOfficial(
  facts: OfficialDataset,
  path: string,
  { limits, now }: { limits: ImportLimits; now: () => Date },
): Promise<Imported> {
  let source = await openSource(path, limits)
  // One of the files stands for the folder that it lies in.
  if (source.kind === 'file') source = await openSource(dirname(path), limits)
  const candidates = candidatesIn(source, formsOf(facts))
  if (candidates.length === 0) throw notFound(facts, source)

  const refusals: unknown[] = []
  for (const { form, files } of candidates) {
    try {
      const { train, test, isVerified } = await readContent(facts, form, files, source)
      const bytes = allocateDataset({ shape: facts.shape, trainImages: train.count, testImages: test.count })
      train.copyInto(bytes.trainPixels, bytes.trainLabels)
      test.copyInto(bytes.testPixels, bytes.testLabels)
      if (!isVerified) checkBalance(facts, bytes, source.name)
      return { header: headerOf(facts, { source: basename(path), isVerified, now }), bytes }
    } catch (error) {
      refusals.push(error)
    }
  }
  throw refusals[0]
}

function headerOf(
  facts: OfficialDataset,
  { source, isVerified, now }: { source: string; isVerified: boolean; now: () => Date },
): Imported['header'] {
  return {
    format: DATASET_FORMAT,
    version: DATASET_VERSION,
    id: facts.id,
    name: null,
    shape: facts.shape,
    classNames: [...facts.classNames],
    pixelNormalization: {
      mean: [...facts.pixelNormalization.mean],
      deviation: [...facts.pixelNormalization.deviation],
    },
    trainImages: facts.trainImages,
    testImages: facts.testImages,
    verified: isVerified ? 'checksum' : 'structure',
    source,
    notes: isVerified
      ? []
      : ['No checksum is known for these files; their form and the number of images of each class are right.'],
    importedAt: now().toISOString(),
  }
}

function formsOf(facts: OfficialDataset): Form[] {
  if (facts.format === 'idx') return [idxForm(facts)]
  const form = cifarForms[facts.format]
  return [cifarForm(form.binary, (file) => readCifarRecords(file.bytes, file.name, form)), pythonForm(form)]
}

function pythonForm(form: CifarForm): Form {
  return cifarForm(form.python, (file) => readCifarBatch(file.bytes, file.name, form))
}

function idxForm({ shape, classNames }: OfficialDataset): Form {
  const split = (images: CheckedFile, labels: CheckedFile): Split => {
    const { count, height, width, pixels } = readIdxImages(images.bytes, images.name)
    const numbers = readIdxLabels(labels.bytes, labels.name)
    if (height !== shape.height || width !== shape.width) {
      throw badFile(images.name, `holds images of ${height} x ${width}, not ${shape.height} x ${shape.width}`, 8)
    }
    if (numbers.length !== count) throw badFile(labels.name, `holds ${numbers.length} labels for ${count} images`, 4)
    const wrong = numbers.findIndex((label) => label >= classNames.length)
    if (wrong !== -1) {
      throw badFile(
        labels.name,
        `image ${wrong} is of class ${numbers[wrong]}; there are ${classNames.length}`,
        8 + wrong,
      )
    }
    return {
      count,
      copyInto(pixelsTo, labelsTo) {
        pixelsTo.set(pixels)
        labelsTo.set(numbers)
      },
    }
  }
  return {
    // Some programs write a dot before the format.
    names: [
      'train-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      't10k-images-idx3-ubyte',
      't10k-labels-idx1-ubyte',
    ].map((name) => [name, name.replace('-idx', '.idx')]),
    read: (files) => ({ train: split(files[0]!, files[1]!), test: split(files[2]!, files[3]!) }),
  }
}

function cifarForm(
  { train, test }: { train: readonly string[]; test: readonly string[] },
  readImages: (file: CheckedFile) => PlanarImages,
): Form {
  const split = (files: readonly CheckedFile[]): Split => {
    const parts = files.map(readImages)
    return {
      count: parts.reduce((sum, { labels }) => sum + labels.length, 0),
      copyInto(pixels, labels) {
        let done = 0
        for (const part of parts) {
          labels.set(part.labels, done)
          interleave(part, pixels.subarray((done / labels.length) * pixels.length))
          done += part.labels.length
        }
      },
    }
  }
  return {
    names: [...train, ...test].map((name) => [name]),
    read: (files) => ({ train: split(files.slice(0, train.length)), test: split(files.slice(train.length)) }),
  }
}

/** Every folder of the source that holds all files of a form. */
function candidatesIn({ files }: Source, forms: readonly Form[]): { form: Form; files: SourceFile[] }[] {
  const folders = new Map<string, Map<string, SourceFile>>()
  for (const file of files) {
    const folder = dirname(file.path)
    const named = folders.get(folder) ?? new Map<string, SourceFile>()
    folders.set(folder, named)
    // An unpacked file is preferred to the packed one beside it, because it needs no unpacking.
    const name = basename(file.path).replace(/[.]gz$/i, '')
    if (!named.has(name) || !file.path.endsWith('.gz')) named.set(name, file)
  }
  return forms.flatMap((form) =>
    [...folders.values()].flatMap((named) => {
      const found = form.names.map((names) => names.map((name) => named.get(name)).find((file) => file !== undefined))
      const all = found.filter((file) => file !== undefined)
      return all.length === form.names.length ? [{ form, files: all }] : []
    }),
  )
}

async function readContent(
  facts: OfficialDataset,
  form: Form,
  files: readonly SourceFile[],
  source: Source,
): Promise<Content> {
  const isPublished = (md5: string | null): boolean => facts.published.some((file) => file.md5 === md5)
  const maxBytes = facts.trainImages * facts.shape.height * facts.shape.width * facts.shape.channels + OVERHEAD_BYTES
  const checked: CheckedFile[] = []
  const isOfficial: boolean[] = []
  for (const file of files) {
    if (file.size > maxBytes) throw badFile(file.path, `has ${file.size} bytes, more than all images of ${facts.title}`)
    const packed = await file.read()
    const isPacked = isGzip(packed)
    checked.push({ name: file.path, bytes: isPacked ? unpackGzip(packed, file.path, maxBytes) : packed })
    isOfficial.push(isPublished(source.md5) || (isPacked && isPublished(hashOf('md5', packed))))
  }
  // Form before checksum: that a file is cut off says more than that it is another.
  const { train, test } = form.read(checked)
  checkCount(facts.trainImages, train, 'training', checked[0]!)
  checkCount(facts.testImages, test, 'test', checked.at(-1)!)
  const isVerified = checked.map((file, index) => isOfficial[index]! || hasOfficialContent(facts, file)).every(Boolean)
  return { train, test, isVerified }
}

function checkCount(wanted: number, { count }: Split, split: string, { name }: CheckedFile): void {
  if (count !== wanted) throw badFile(name, `the dataset has ${wanted} ${split} images, but ${count} were found`)
}

/** False where no checksum is known. Throws where the file is another than the official one. */
function hasOfficialContent({ contents, title }: OfficialDataset, { name, bytes }: CheckedFile): boolean {
  const known =
    contents[
      basename(name)
        .replace(/[.]gz$/i, '')
        .replace('.idx', '-idx')
    ]
  if (known === undefined) return false
  const kind = known.length === 32 ? 'md5' : 'sha256'
  const found = hashOf(kind, bytes)
  if (found === known) return true
  throw badFile(name, `is not that of ${title}: its content has the ${kind} ${found}, the official one ${known}`)
}

/** What can still be known of files without a checksum: a dataset with as many images of each class as of any other. */
function checkBalance({ isBalanced, classNames, title }: OfficialDataset, bytes: DatasetBytes, source: string): void {
  if (!isBalanced) return
  for (const [split, labels] of [
    ['training', bytes.trainLabels],
    ['test', bytes.testLabels],
  ] as const) {
    const counts = classNames.map(() => 0)
    for (const label of labels) counts[label] = counts[label]! + 1
    const wanted = labels.length / classNames.length
    const uneven = counts.findIndex((count) => count !== wanted)
    if (uneven === -1) continue
    throw badFile(source, `is not ${title}: class ${uneven} has ${counts[uneven]} ${split} images instead of ${wanted}`)
  }
}

function hashOf(kind: 'md5' | 'sha256', bytes: Uint8Array): string {
  return createHash(kind).update(bytes).digest('hex')
}

function notFound(facts: OfficialDataset, source: Source): AppError {
  const other = officialDatasets.find((each) => each.id !== facts.id && candidatesIn(source, formsOf(each)).length > 0)
  const wanted = formsOf(facts)
    .map(({ names }) => names.map(([name]) => name).join(', '))
    .join('; or ')
  return new AppError({
    code: 'invalid-input',
    message: `${source.name} holds no complete ${facts.title}. Its files are: ${wanted} (packed or not, in one folder).`,
    hint:
      other === undefined
        ? 'For pictures of your own: npm run -s cli -- datasets import image-folder FOLDER'
        : `These look like the files of ${other.title}: npm run -s cli -- datasets import ${other.id} ${source.name}`,
  })
}
