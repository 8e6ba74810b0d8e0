import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { IMAGE_FOLDER } from '../../src-shared/model/official-datasets.js'
import type { RunFact } from '../../src-shared/contract/events.js'
import { noCheckpoints } from '../../src-main/lab/checkpoints.js'
import { createCourse } from '../../src-main/lab/course.js'
import type { DatasetReader } from '../../src-main/lab/datasets/reader.js'
import type { RunHost } from '../../src-main/lab/run-host.js'
import { tinyStored } from './tiny-datasets.js'
import type { PixelImage, RunContext, RunFiles } from '../../src-main/lab/run-context.js'

const projectRoot = join(import.meta.dirname, '..', '..')
const converted = new Map<string, Uint8Array>()

/** Reads installed packages from disk, keeps converted datasets in memory, and has a tiny one of every imported kind. */
export const memoryReader: DatasetReader = {
  packageFile: (packageName, path) => readFile(join(projectRoot, 'node_modules', packageName, path)),
  async cached(key, make) {
    const found = converted.get(key) ?? (await make())
    converted.set(key, found)
    return found
  },
  find: (id, name) => tinyStored(id, name)?.info ?? null,
  names: (id) => (id === IMAGE_FOLDER ? ['images'] : []),
  async stored(id, name) {
    const found = tinyStored(id, name)
    if (found === null) throw new AppError({ code: 'data-missing', message: 'Not here.' })
    return found
  },
}

export interface KeptFiles extends RunFiles {
  readonly tensors: Map<string, Record<string, Float32Array>>
  readonly images: Map<string, PixelImage>
  readonly json: Map<string, unknown>
}

export function keepFiles(): KeptFiles {
  const tensors = new Map<string, Record<string, Float32Array>>()
  const images = new Map<string, PixelImage>()
  const json = new Map<string, unknown>()
  return {
    tensors,
    images,
    json,
    async saveTensors(path, _title, named) {
      const values: Record<string, Float32Array> = {}
      for (const [name, tensor] of Object.entries(named)) values[name] = Float32Array.from(await tensor.data())
      tensors.set(path, values)
    },
    async saveImage(path, _title, image) {
      images.set(path, image)
    },
    async saveJson(path, _title, value) {
      json.set(path, value)
    },
  }
}

/** A context for one method on its own: keeps nothing but what the test asks for. */
export function quietContext(overrides: Partial<RunContext> = {}): RunContext {
  return {
    signal: new AbortController().signal,
    files: keepFiles(),
    checkpoints: noCheckpoints,
    now: () => performance.now(),
    breathe: async () => {},
    progress: () => {},
    metrics: () => {},
    note: () => {},
    enterStage: () => {},
    isStopping: () => false,
    observe: async () => {},
    ...overrides,
  }
}

/** A host for whole runs in this process. */
export function memoryHost(
  overrides: Partial<Omit<RunHost, 'files'>> = {},
): RunHost & { facts: RunFact[]; files: KeptFiles } {
  const facts: RunFact[] = []
  const files = keepFiles()
  return {
    facts,
    files,
    course: createCourse(0, (fact) => facts.push(fact)),
    checkpoints: null,
    signal: new AbortController().signal,
    reader: memoryReader,
    readVictim: () => Promise.reject(new Error('No victim was imported')),
    engine: {
      backend: 'javascript',
      variant: 'js',
      tensorflowVersion: null,
      libraryFolder: null,
      devices: ['CPU'],
      threads: 1,
      reason: 'a test',
    },
    now: () => performance.now(),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    isStopping: () => false,
    emit: (fact) => facts.push(fact),
    memoryMb: () => 0,
    peakMemoryMb: () => 0,
    ...overrides,
  }
}
