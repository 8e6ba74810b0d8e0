import { MAX_CLASSES } from '../../../src-shared/model/dataset.js'
import { createRandomStreams } from '../../lab/random/streams.js'
import { badFile } from './bad-file.js'
import { isPictureName } from './read-picture.js'
import type { Source, SourceFile } from './source.js'

export interface LabelledFile {
  readonly file: SourceFile
  readonly label: number
}

export interface FolderLayout {
  readonly classNames: readonly string[]
  /** In random order, the same for the same seed. */
  readonly train: readonly LabelledFile[]
  readonly test: readonly LabelledFile[]
  /** What was done or left out, for people. */
  readonly notes: readonly string[]
}

const TRAIN = ['train', 'training']
const TEST = ['test', 'val', 'valid', 'validation']

/**
 * Finds classes and splits by the names of folders: `train/<class>/<image>` with `test/<class>/<image>`, or
 * `<class>/<image>`, whose images are then split by the seed, class by class. Folders around all of it do not matter.
 */
export function readLayout(source: Source, options: { testShare: number; splitSeed: number }): FolderLayout {
  const pictures = source.files.filter(({ path }) => isPictureName(path))
  if (pictures.length === 0) throw badFile(source.name, 'holds no PNG or JPEG pictures')
  if (source.links.length > 0) {
    throw badFile(source.name, `${JSON.stringify(source.links[0])} is a symbolic link, which is not followed`)
  }
  const placed = withoutCommonFolders(pictures)
  const tops = new Set(placed.map(({ folders }) => folders[0]))
  const train = TRAIN.find((name) => tops.has(name))
  const test = TEST.find((name) => tops.has(name))
  const isSplit = train !== undefined && test !== undefined
  const used = isSplit ? placed.filter(({ folders: [top] }) => top === train || top === test) : placed

  const depth = isSplit ? 2 : 1
  const misplaced = used.find(({ folders }) => folders.length !== depth)
  if (misplaced !== undefined) {
    const form = isSplit
      ? `${train}/<class>/<image>`
      : '<class>/<image> or train/<class>/<image> and test/<class>/<image>'
    throw badFile(
      source.name,
      `the picture ${JSON.stringify(misplaced.file.path)} does not lie in a folder of the form ${form}`,
    )
  }
  const classNames = [...new Set(used.map(({ folders }) => folders.at(-1)!))].toSorted()
  if (classNames.length < 2) throw badFile(source.name, `holds one class only, ${JSON.stringify(classNames[0])}`)
  if (classNames.length > MAX_CLASSES) {
    throw badFile(source.name, `holds ${classNames.length} classes; at most ${MAX_CLASSES} are supported`)
  }
  const labels = new Map(classNames.map((name, label) => [name, label]))
  const label = ({ file, folders }: Placed): LabelledFile => ({ file, label: labels.get(folders.at(-1)!)! })
  const splits = isSplit
    ? {
        train: used.filter(({ folders: [top] }) => top === train).map(label),
        test: used.filter(({ folders: [top] }) => top === test).map(label),
      }
    : splitByClass(used.map(label), classNames, options, source.name)
  for (const [split, files] of Object.entries(splits)) {
    const there = new Set(files.map(({ label }) => label))
    const empty = classNames.find((_, label) => !there.has(label))
    if (empty !== undefined) throw badFile(source.name, `the class ${JSON.stringify(empty)} has no ${split} images`)
  }
  return {
    classNames,
    train: shuffled(splits.train, options.splitSeed, 'train'),
    test: shuffled(splits.test, options.splitSeed, 'test'),
    notes: [
      ...(isSplit ? [] : [`Split by seed ${options.splitSeed}: ${options.testShare} of each class are test images.`]),
      ...leftOut(pictures.length - used.length, 'pictures outside of the two splits'),
      ...leftOut(source.files.length - pictures.length, 'files that are no pictures'),
    ],
  }
}

/** Folders come class by class; whoever looks at the first images should see all classes. */
export function shuffled<T>(files: readonly T[], seed: number, split: string): T[] {
  const order = createRandomStreams(seed).within('order').stream(split).permutation(files.length)
  return Array.from(order, (index) => files[index]!)
}

function leftOut(count: number, what: string): string[] {
  return count === 0 ? [] : [`Left out: ${count} ${what}.`]
}

/** Parts labelled things into two splits by the seed, class by class; each class is in both. */
export function splitByClass<T extends { readonly label: number }>(
  files: readonly T[],
  classNames: readonly string[],
  { testShare, splitSeed }: { testShare: number; splitSeed: number },
  source: string,
): { train: T[]; test: T[] } {
  const streams = createRandomStreams(splitSeed)
  const isTest = new Set<T>()
  classNames.forEach((name, label) => {
    const own = files.filter((file) => file.label === label)
    if (own.length < 2)
      throw badFile(source, `the class ${JSON.stringify(name)} has one image only, which cannot be split`)
    const count = Math.min(own.length - 1, Math.max(1, Math.round(testShare * own.length)))
    for (const index of streams.stream(name).sample(own.length, count)) isTest.add(own[index]!)
  })
  return { train: files.filter((file) => !isTest.has(file)), test: files.filter((file) => isTest.has(file)) }
}

interface Placed {
  readonly file: SourceFile
  /** The folders that it lies in, outermost first, without those that all files lie in. */
  readonly folders: readonly string[]
}

/** At least one folder of each file is kept: that of its class. */
function withoutCommonFolders(files: readonly SourceFile[]): Placed[] {
  const placed = files.map((file) => ({ file, folders: file.path.split('/').slice(0, -1) }))
  const [first] = placed
  let common = 0
  while (placed.every(({ folders }) => folders.length > common + 1 && folders[common] === first!.folders[common]))
    common += 1
  return placed.map(({ file, folders }) => ({ file, folders: folders.slice(common) }))
}
