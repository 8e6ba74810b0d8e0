/** Every reader of files that may come from a stranger, each with a valid file of its kind. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type fc from 'fast-check'
import { readAnnotations } from '../../../src-main/app/annotations-file.js'
import { parseRecord } from '../../../src-main/app/run-store.js'
import { createRunIndex } from '../../../src-main/app/run-index.js'
import { parsePlan } from '../../../src-main/app/studies.js'
import { checkEvents } from '../../../src-main/app/verify/verify-run.js'
import { cifarForms, readCifarBatch, readCifarRecords } from '../../../src-main/engine/import/cifar.js'
import { unpackGzip } from '../../../src-main/engine/import/gzip.js'
import { readIdxImages, readIdxLabels } from '../../../src-main/engine/import/idx.js'
import { importLimits } from '../../../src-main/engine/import/limits.js'
import { readNpy } from '../../../src-main/engine/import/model/npy.js'
import { recognise } from '../../../src-main/engine/import/model/recognise.js'
import { findWeights, tidyWeights } from '../../../src-main/engine/import/model/state-dict.js'
import { readTorchFile } from '../../../src-main/engine/import/model/torch-file.js'
import { readPickle } from '../../../src-main/engine/import/pickle/read-pickle.js'
import { openPictureDecoder, readPictureSize } from '../../../src-main/engine/import/read-picture.js'
import { readTar } from '../../../src-main/engine/import/tar.js'
import { readZip } from '../../../src-main/engine/import/zip.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { decodeCheckpoint, encodeCheckpoint } from '../../../src-main/storage/checkpoint-file.js'
import { readDataset } from '../../../src-main/storage/dataset-file.js'
import { decodeSafetensors, encodeSafetensors } from '../../../src-shared/weights/safetensors.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'
import {
  cifarPickle,
  cifarPlanes,
  cifarRecord,
  idxImages,
  idxLabels,
  jpeg,
  paxRecord,
  png,
  tar,
  zip,
} from '../../helpers/archives.js'
import { modelFile } from '../../helpers/model-files.js'
import { doneRecord } from '../workspace.js'
import { byteChange, textChange, type Change } from './changes.js'

export interface FuzzedReader {
  readonly title: string
  /** A file as it should be. */
  make(): Uint8Array | Promise<Uint8Array>
  readonly change: fc.Arbitrary<Change>
  /** Throws an `AppError` for what it refuses, and nothing else. */
  read(bytes: Uint8Array): void | Promise<void>
  /** What every refusal begins with, so that people know which file it is. */
  readonly prefix: string
  /** Share of the inputs that are tried, where each takes long. */
  readonly share: number
}

const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'workspaces', 'v1')
const run = join(fixture, 'runs', '20261124-175322-5rggjv')
const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'))
export const removeScratch = (): Promise<void> => rm(scratch, { recursive: true, force: true })

const content = (words: string): Uint8Array => new TextEncoder().encode(words)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const planes = [cifarPlanes(1), cifarPlanes(9)]
const weights = {
  a: { shape: [2, 3], values: new Float32Array(6) },
  b: { shape: [], values: new Float32Array(1) },
}
const pictures = await openPictureDecoder()

const readPicture = async (bytes: Uint8Array): Promise<void> => {
  const { height, width } = readPictureSize(bytes, 'f', { ...importLimits, imagePixels: 1_000_000 })
  const picture = await pictures.decode(bytes, 'f')
  const isWhole = picture.height === height && picture.width === width
  if (!isWhole || picture.pixels.length !== height * width * picture.channels) throw new Error('Not what it says')
}

const binary = (title: string, make: FuzzedReader['make'], read: FuzzedReader['read'], share = 1): FuzzedReader => ({
  title,
  make,
  read,
  change: byteChange,
  prefix: '',
  share,
})
/** The readers of imports name the file first. */
const imported = (title: string, make: FuzzedReader['make'], read: FuzzedReader['read'], share = 1): FuzzedReader => ({
  ...binary(title, make, read, share),
  prefix: 'f: ',
})

const readModel = (bytes: Uint8Array): void => {
  const { value, open } = readTorchFile(bytes, 'f', importLimits)
  recognise(tidyWeights(findWeights(value, 'f', open).tensors, 'f'), 'f', null).weights()
}
const text = (title: string, make: FuzzedReader['make'], read: FuzzedReader['read']): FuzzedReader => ({
  title,
  make,
  read,
  change: textChange,
  prefix: '',
  share: 1,
})

/** What reads a path reads it here. */
const asFile =
  (name: string, read: (path: string) => Promise<unknown>): FuzzedReader['read'] =>
  async (bytes) => {
    writeFileSync(join(scratch, name), bytes)
    await read(join(scratch, name))
  }

const shortEvents = (): Uint8Array =>
  content(readFileSync(join(run, 'events.jsonl'), 'utf8').split('\n').slice(0, 12).join('\n'))

export const readers: readonly FuzzedReader[] = [
  text(
    'run.json',
    () => readFileSync(join(run, 'run.json')),
    (bytes) => void parseRecord('f', textOf(bytes)),
  ),
  text('events.jsonl', shortEvents, (bytes) => void checkEvents(textOf(bytes), doneRecord)),
  text(
    'annotations.json',
    () => readFileSync(join(run, 'annotations.json')),
    asFile('annotations.json', () => readAnnotations(scratch)),
  ),
  text(
    'study.json',
    () => readFileSync(join(fixture, 'studies', 'tiny', 'study.json')),
    (bytes) => void parsePlan('f', textOf(bytes)),
  ),
  text(
    'experiment files',
    () => content(JSON.stringify(doneExperiment())),
    (bytes) => void planExperiment(jsonOf(textOf(bytes))),
  ),
  binary(
    'safetensors',
    () => encodeSafetensors(weights, { by: 'a test' }),
    (bytes) => void decodeSafetensors(bytes),
  ),
  binary(
    'checkpoints',
    () => Buffer.concat(encodeCheckpoint({ header: { epoch: 1 }, tensors: weights })),
    (bytes) => {
      const found = decodeCheckpoint(bytes)
      if ('unusable' in found) throw new AppError({ code: 'storage', message: found.unusable })
    },
  ),
  binary(
    'stored datasets',
    () => readFileSync(join(fixture, 'datasets', 'image-folder--birds.dataset')),
    asFile('f.dataset', readDataset),
  ),
  binary(
    'the index of the runs',
    makeIndex,
    asFile('index.sqlite', async (path) => listFrom(path)),
  ),
  imported(
    'IDX images',
    () => idxImages(4, 5, 6, (i) => i % 256),
    (bytes) => void readIdxImages(bytes, 'f'),
  ),
  imported(
    'IDX labels',
    () => idxLabels([1, 2, 3]),
    (bytes) => void readIdxLabels(bytes, 'f'),
  ),
  imported(
    'gzip',
    () => Uint8Array.from(gzipSync(content('some words, some words'))),
    (bytes) => void unpackGzip(bytes, 'f', 10_000),
  ),
  imported(
    'CIFAR records',
    () => cifarRecord([3], planes[0]!),
    (bytes) => void readCifarRecords(bytes, 'f', cifarForms['cifar-10']),
  ),
  imported(
    'CIFAR pickles',
    () => cifarPickle('labels', [3, 9], planes),
    (bytes) => void readCifarBatch(bytes, 'f', cifarForms['cifar-10']),
  ),
  ...[2, 4, 5].map((protocol) =>
    imported(
      `pickles of protocol ${protocol}`,
      () => modelFile(`numpy-${protocol}.pickle`),
      (bytes) => void readPickle(bytes, 'f'),
    ),
  ),
  imported(
    'arrays of NumPy',
    () => modelFile('trojanzoo.npy'),
    (bytes) => void readNpy(bytes, 'f'),
  ),
  imported('models of PyTorch', () => modelFile('attack_result.pt'), readModel, 0.05),
  imported('models of older PyTorch', () => modelFile('anp-last-model.th'), readModel, 0.05),
  imported(
    'tar',
    () =>
      tar([
        { name: 'd', type: '5' },
        { name: 'x', type: 'x', content: paxRecord('path', 'long') },
        { name: 'a', content: content('one') },
      ]),
    (bytes) => readTar(bytes, 'f', importLimits).forEach((file) => file.read()),
  ),
  imported(
    'zip',
    () =>
      zip([
        { name: 'd/a', content: content('one one one one') },
        { name: 'b', content: content('two'), isStored: true },
      ]),
    (bytes) => readZip(bytes, 'f', importLimits).forEach((file) => file.read()),
  ),
  imported('PNG', () => png(6, 7, 3, (i) => (i * 37) % 256), readPicture),
  imported('JPEG', () => jpeg(16, 24, [200, 60, 90]), readPicture),
]

function doneExperiment(): object {
  return {
    dataset: { id: 'mnist-10k' },
    model: { id: 'small-cnn' },
    attack: { id: 'badnets', params: { targetClass: 3 } },
    defenses: [{ id: 'baeraser', params: {} }],
  }
}

function jsonOf(from: string): unknown {
  try {
    return JSON.parse(from)
  } catch {
    return null
  }
}

function makeIndex(): Uint8Array {
  const path = join(scratch, 'whole.sqlite')
  const index = createRunIndex(path, () => {})
  index.known()
  index.update([{ name: doneRecord.runId, folderStamp: 'a', filesStamp: 'b', listing: null, problem: 'newer' }], [])
  index.close()
  return readFileSync(path)
}

/** As the list of runs does: an index that cannot be used is replaced, and then there is one. */
function listFrom(path: string): void {
  const index = createRunIndex(path, () => {})
  for (;;) {
    try {
      index.known()
      index.list(allRuns)
      break
    } catch (error) {
      if (!index.replace(error)) throw error
    }
  }
  index.close()
}
