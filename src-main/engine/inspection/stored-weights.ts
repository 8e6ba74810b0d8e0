import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { ModelId } from '../../../src-shared/model/inspection.js'
import { weightsPath } from '../../../src-shared/runs/weights-path.js'
import type { Network } from '../../lab/nn/network.js'
import { decodeSafetensors, type StoredTensor } from '../../../src-shared/weights/safetensors.js'
import type { InspectedRun } from '../../engine-contract/index.js'
import { hashOf } from './answer-cache.js'

/** Weights of a run as they lie in its folder. */
export interface StoredWeights {
  readonly tensors: Readonly<Record<string, StoredTensor>>
  readonly bytes: number
  /** Of the file's content. */
  readonly hash: string
}

/** Reads and checks the weights of a model. Throws in words what is wrong with them, or why they are not there. */
export async function readWeights(run: InspectedRun, model: ModelId, network: Network): Promise<StoredWeights> {
  const path = weightsPath(run.record.experiment, model)
  const file = await readFile(join(run.folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notThere(run, model, path)
    throw new AppError({ code: 'storage', message: `${path} cannot be read: ${error.message}` }, { cause: error })
  })
  const tensors = decoded(path, file)
  for (const { name, shape } of network.parameters) {
    const found = tensors[name]
    if (found === undefined) throw unusable(path, `it has no "${name}", which the network of this run needs`)
    if (found.shape.join() !== shape.join()) {
      throw unusable(path, `"${name}" has the shape [${found.shape.join(', ')}] instead of [${shape.join(', ')}]`)
    }
    const wrong = found.values.findIndex((value) => !Number.isFinite(value))
    if (wrong !== -1) throw unusable(path, `"${name}" holds ${found.values[wrong]} at position ${wrong}`)
  }
  return { tensors, bytes: file.length, hash: hashOf(file) }
}

function decoded(path: string, file: Uint8Array): StoredWeights['tensors'] {
  try {
    return decodeSafetensors(file).tensors
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw unusable(path, error.message.replace(/^Not a usable safetensors file: /, ''))
  }
}

function unusable(path: string, what: string): AppError {
  return new AppError({
    code: 'storage',
    message: `The weights in ${path} cannot be used: ${what}.`,
    hint: 'Everything else of the run can be looked at. Repeating the run makes them anew.',
  })
}

function notThere({ record: { status } }: InspectedRun, model: ModelId, path: string): AppError {
  const what = model === 'victim' ? "The victim's weights" : `The weights of ${model}`
  const reason =
    status === 'queued' || status === 'running'
      ? 'are not there yet: the run has not come that far'
      : status === 'done'
        ? `are missing: ${path} is not in the folder of the run`
        : `are not there: the run ended as ${status} before it had them`
  return new AppError({ code: 'not-found', message: `${what} ${reason}.` })
}
