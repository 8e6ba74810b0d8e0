import type { ModelId } from '../../../src-shared/model/inspection.js'
import type { InspectedRun } from '../../engine-contract/index.js'
import { disposeTensors, type TensorMap } from '../../lab/compute/tensor-map.js'
import type { DatasetReader } from '../../lab/datasets/reader.js'
import { planExperiment } from '../../lab/experiment-plan.js'
import { openRun, type OpenRun } from '../../lab/inspect/open-run.js'
import { loadedWeights } from '../../lab/nn/network.js'
import { readSavedTrigger } from './saved-trigger.js'
import { createShelf, type Stored } from './shelf.js'
import { readWeights } from './stored-weights.js'

const MB = 1024 * 1024
/** Runs whose images are kept ready. */
const MAX_RUNS = 2
const MAX_RUN_BYTES = 512 * MB
/** Weights that are kept as tensors. */
const MAX_MODELS = 8
const MAX_MODEL_BYTES = 512 * MB

/** A run that is open, and what its answers follow from besides the weights. */
export interface Opened {
  readonly run: OpenRun
  readonly identity: readonly unknown[]
}

export interface LoadedModel {
  readonly weights: TensorMap
  readonly hash: string
}

export interface OpenRuns {
  withRun<T>(inspected: InspectedRun, work: (opened: Opened) => Promise<T>): Promise<T>
  withModel<T>(
    inspected: InspectedRun,
    opened: Opened,
    model: ModelId,
    work: (loaded: LoadedModel) => Promise<T>,
  ): Promise<T>
  /** All of them at once, in the order asked for. */
  withModels<T>(
    inspected: InspectedRun,
    opened: Opened,
    models: readonly ModelId[],
    work: (loaded: readonly LoadedModel[]) => Promise<T>,
  ): Promise<T>
}

export interface OpenRunsOptions {
  readonly reader: DatasetReader
  /** Makes the process ready to compute. */
  readonly prepare: () => Promise<void>
  /** The better name of an error, where it has one. */
  readonly named: (error: unknown) => unknown
}

/** The last few runs, open, and their weights, loaded: of counted size, and never gone while they are worked with. */
export function createOpenRuns({ reader, prepare, named }: OpenRunsOptions): OpenRuns {
  const runs = createShelf<Opened>({
    maxCount: MAX_RUNS,
    maxBytes: MAX_RUN_BYTES,
    release: ({ run }) => run.release(),
  })
  const models = createShelf<LoadedModel>({
    maxCount: MAX_MODELS,
    maxBytes: MAX_MODEL_BYTES,
    release: ({ weights }) => disposeTensors(weights),
  })

  async function open({ record, folder }: InspectedRun): Promise<Stored<Opened>> {
    const plan = planExperiment(record.experiment, reader)
    const saved = await readSavedTrigger(folder)
    const run = await openRun(plan, reader, saved?.trigger ?? null)
    const { dataset, model, attack, seed, defender } = plan.experiment
    const bytes = Object.values(run.splits).reduce((sum, { images }) => sum + images.pixels.length, 0)
    const stored = datasetContent(reader, dataset)
    return { value: { run, identity: [dataset, stored, model, attack, seed, defender, saved?.hash ?? null] }, bytes }
  }

  const withRun = async <T>(inspected: InspectedRun, work: (opened: Opened) => Promise<T>): Promise<T> => {
    const { record, folder } = inspected
    try {
      await prepare()
      // A run in progress may renew its trigger, so that it is opened anew after each of its files.
      return await runs.use(`${folder} ${record.artifacts.length} ${record.status}`, () => open(inspected), work)
    } catch (error) {
      throw named(error)
    }
  }

  function withModel<T>(
    inspected: InspectedRun,
    { run }: Opened,
    model: ModelId,
    work: (loaded: LoadedModel) => Promise<T>,
  ): Promise<T> {
    const load = async (): Promise<Stored<LoadedModel>> => {
      const { tensors, bytes, hash } = await readWeights(inspected, model, run.network)
      return { value: { weights: loadedWeights(run.network, tensors), hash }, bytes }
    }
    return models.use(`${inspected.folder} ${model} ${inspected.record.status}`, load, work)
  }

  function withModels<T>(
    inspected: InspectedRun,
    opened: Opened,
    [first, ...others]: readonly ModelId[],
    work: (loaded: readonly LoadedModel[]) => Promise<T>,
  ): Promise<T> {
    if (first === undefined) return work([])
    return withModel(inspected, opened, first, (loaded) =>
      withModels(inspected, opened, others, (rest) => work([loaded, ...rest])),
    )
  }

  return { withRun, withModel, withModels }
}

/** Of an imported dataset the hash of its content: another one may have been imported under the same name. */
function datasetContent(reader: DatasetReader, { id, params }: { id: string; params: object }): string | null {
  const name = 'name' in params && typeof params.name === 'string' ? params.name : null
  return reader.find(id, name)?.sha256 ?? null
}
