/** What the program writes, each as one thing that happens whole or not at all. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAnnotations } from '../../src-main/app/annotations-file.js'
import { PLAN } from '../../src-main/app/studies.js'
import { allocateDataset, readDatasetHeader, writeDataset } from '../../src-main/storage/dataset-file.js'
import { encodeSafetensors } from '../../src-shared/weights/safetensors.js'
import { writeWhole } from '../../src-main/storage/write-whole.js'
import { createCheckpointFiles } from '../../src-main/engine/checkpoint-files.js'
import { createRunFiles } from '../../src-main/engine/run-files.js'
import { DATASET_FORMAT, DATASET_VERSION, type StoredDataset } from '../../src-shared/model/dataset.js'
import { STUDY_FORMAT, STUDY_VERSION } from '../../src-shared/model/study.js'
import { doneRecord, events, openStore, queuedRecord, runId, statusOnDisk } from './workspace.js'

export interface Scenario {
  readonly title: string
  /** Whether a program that was refused may ask for it again. */
  readonly isRepeatable: boolean
  /** What is there before. */
  before(workspace: string): Promise<void>
  act(workspace: string): Promise<void>
  /** What can be seen of it. Throws where that cannot be read. */
  seen(workspace: string): Promise<unknown>
}

const [queued, ...rest] = events
const header: Omit<StoredDataset, 'sha256'> = {
  format: DATASET_FORMAT,
  version: DATASET_VERSION,
  id: 'image-folder',
  name: 'birds',
  shape: { height: 2, width: 2, channels: 1 },
  classNames: ['a', 'b'],
  pixelNormalization: { mean: [0.5], deviation: [0.2] },
  trainImages: 2,
  testImages: 2,
  verified: 'structure',
  source: 'birds.zip',
  notes: [],
  importedAt: '2026-01-31T14:25:00Z',
}
const datasetPath = (workspace: string): string => join(workspace, 'datasets', 'image-folder--birds.dataset')
const putDataset = async (workspace: string, brightness: number): Promise<void> => {
  const bytes = allocateDataset(header)
  bytes.trainPixels.fill(brightness)
  await writeDataset(datasetPath(workspace), header, bytes)
}
const putStudy = (workspace: string, title: string): Promise<void> => {
  const { experiment } = doneRecord
  const cells = [{ dataset: 'cifar-10', attack: null, seed: experiment.seed, experiment }]
  const plan = { format: STUDY_FORMAT, version: STUDY_VERSION, name: 'tiny', title, protocol: [], cells }
  return writeWhole(join(workspace, 'studies', 'tiny', PLAN), JSON.stringify(plan))
}
const begun = async (workspace: string): Promise<void> => {
  const store = openStore(workspace)
  await store.create(queuedRecord)
  await store.append(queued!)
}
const checkpointsOf = (workspace: string) => createCheckpointFiles(join(workspace, 'checkpoints-of-a-run'), 0)
const countEvents = async (workspace: string): Promise<number> => (await openStore(workspace).readEvents(runId)).length
const measured = events.find(({ type }) => type === 'run.metrics')!

export const scenarios: readonly Scenario[] = [
  {
    title: 'create a run',
    isRepeatable: true,
    before: async () => {},
    act: (workspace) => openStore(workspace).create(queuedRecord),
    seen: statusOnDisk,
  },
  {
    title: 'append a measurement',
    isRepeatable: false,
    before: begun,
    act: (workspace) => openStore(workspace).append(measured),
    seen: countEvents,
  },
  {
    title: 'finish a run',
    isRepeatable: false,
    async before(workspace) {
      await begun(workspace)
      for (const event of rest.slice(0, -1)) await openStore(workspace).append(event)
    },
    async act(workspace) {
      const store = openStore(workspace)
      await store.append(rest.at(-1)!)
      await store.save(doneRecord)
    },
    seen: statusOnDisk,
  },
  {
    title: 'save weights',
    isRepeatable: true,
    before: begun,
    async act(workspace) {
      const bytes = encodeSafetensors({ w: { shape: [3], values: Float32Array.of(1, 2, 3) } }, {})
      await writeWhole(join(workspace, 'runs', runId, 'victim.safetensors'), bytes)
    },
    seen: (workspace) =>
      readFile(join(workspace, 'runs', runId, 'victim.safetensors')).then(
        ({ length }) => length,
        () => null,
      ),
  },
  {
    title: 'save a file and announce it',
    isRepeatable: true,
    before: begun,
    async act(workspace) {
      const store = openStore(workspace)
      let artifacts = queuedRecord.artifacts
      const files = createRunFiles(join(workspace, 'runs', runId), (artifact) => {
        artifacts = [...artifacts, artifact]
      })
      await files.saveJson('recovered/facts.json', 'Facts', { a: 1 })
      await store.save({ ...queuedRecord, artifacts })
    },
    seen: async (workspace) => (await openStore(workspace).read(runId)).artifacts.length,
  },
  {
    title: 'save a checkpoint',
    isRepeatable: true,
    before: (workspace) => checkpointsOf(workspace).write(0, { header: 'old', tensors: {} }),
    act: (workspace) => checkpointsOf(workspace).write(0, { header: 'new', tensors: {} }),
    async seen(workspace) {
      const checkpoints = checkpointsOf(workspace)
      const found = (await checkpoints.read(0, 'newest')) ?? (await checkpoints.read(0, 'before'))
      return found !== null && 'header' in found ? found.header : found
    },
  },
  {
    title: 'annotate',
    isRepeatable: true,
    async before(workspace) {
      await begun(workspace)
      await openStore(workspace).annotate(runId, { addTags: ['old'] })
    },
    act: async (workspace) => void (await openStore(workspace).annotate(runId, { addTags: ['new'] })),
    seen: async (workspace) => (await readAnnotations(join(workspace, 'runs', runId))).tags,
  },
  {
    title: 'plan a study anew',
    isRepeatable: true,
    before: (workspace) => putStudy(workspace, 'Old'),
    act: (workspace) => putStudy(workspace, 'New'),
    seen: async (workspace) =>
      (JSON.parse(await readFile(join(workspace, 'studies', 'tiny', PLAN), 'utf8')) as { title: string }).title,
  },
  {
    title: 'import a dataset again',
    isRepeatable: true,
    before: (workspace) => putDataset(workspace, 1),
    act: (workspace) => putDataset(workspace, 2),
    seen: async (workspace) => readDatasetHeader(datasetPath(workspace))?.sha256,
  },
]
