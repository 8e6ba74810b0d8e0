import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../../src-shared/contract/errors.js'
import { invalidInput } from '../../../../src-shared/contract/field-errors.js'
import type { PluginChoice } from '../../../../src-shared/model/experiment.js'
import {
  MODEL_FORMAT,
  MODEL_VERSION,
  type ImportedModel,
  type ModelImportOptions,
} from '../../../../src-shared/model/imported-model.js'
import type { ModelClaims, ModelName } from '../../../../src-shared/model/victim.js'
import {
  forChannels,
  knownNormalization,
  knownNormalizations,
  type PixelNormalization,
} from '../../../../src-shared/model/pixel-normalization.js'
import { PYTORCH_AXES } from '../../../../src-shared/weights/pytorch-layout.js'
import { encodeSafetensors, openSafetensors } from '../../../../src-shared/weights/safetensors.js'
import { OUR_LAYOUT } from '../../../lab/nn/layers.js'
import { MODEL_FILE, MODEL_WEIGHTS } from '../../../storage/model-files.js'
import { writeWhole } from '../../../storage/write-whole.js'
import { badFile } from '../bad-file.js'
import { importLimits, type ImportLimits } from '../limits.js'
import { rowByRow, stridedTensor } from './file-tensor.js'
import { claimsOfTable, originOf, safetensorsOrigin, type FileOrigin } from './file-origin.js'
import { readMark, readPosition, stampingAttack, type MarkPosition } from './known-trigger.js'
import { recognise, type Recognised } from './recognise.js'
import { findWeights, tidyWeights, type NamedTensors } from './state-dict.js'
import { isTorchFile, readTorchFile } from './torch-file.js'
import type { StorageType } from '../pickle/values.js'

export interface ModelImportRequest {
  readonly name: ModelName
  /** Of the file, or of a folder that BackdoorBench wrote. */
  readonly path: string
  readonly trigger: string | null
  readonly triggerMask: string | null
  readonly options: ModelImportOptions
  /** The folder to write, which nobody else has. */
  readonly folder: string
}

/** What a folder of BackdoorBench calls its models, the victim first. */
const IN_FOLDER = ['attack_result.pt', 'defense_result.pt'] as const
const MAX_TABLE_BYTES = 1024 * 1024

/** Reads a model of a stranger and stores it as weights and what is known of them. Throws an error that names what is wrong. */
export async function importModel(request: ModelImportRequest, now = (): Date => new Date()): Promise<ImportedModel> {
  const { options, name } = request
  const path = await fileIn(request.path)
  const file = basename(path)
  const bytes = await readWhole(path, importLimits)
  const { recognised, origin, notes } = readModel(bytes, file, options.architecture)
  const weights = encodeSafetensors(recognised.weights(), { layout: OUR_LAYOUT })
  const dataset = options.dataset ?? origin.dataset
  const model: ImportedModel = {
    format: MODEL_FORMAT,
    version: MODEL_VERSION,
    name,
    importedAt: now().toISOString(),
    source: { kind: origin.kind, file, bytes: bytes.length, sha256: sha256(bytes) },
    model: recognised.model,
    classes: recognised.classes,
    channels: recognised.channels,
    imageSize: origin.imageSize,
    pixelNormalization: normalizationOf(options, { ...origin, dataset }, recognised.channels),
    dataset,
    claims: (await claimsBeside(path)) ?? origin.claims,
    poison: origin.poison,
    attack: await knownAttack(request, origin, recognised),
    notes,
    weights: { bytes: weights.length, sha256: sha256(weights) },
  }
  await writeWhole(join(request.folder, MODEL_WEIGHTS), weights)
  await writeWhole(join(request.folder, MODEL_FILE), `${JSON.stringify(model, null, 2)}\n`)
  return model
}

interface ReadModel {
  readonly recognised: Recognised
  readonly origin: FileOrigin
  /** For people. */
  readonly notes: string[]
}

/** What a file of weights holds. `architecture`: only this one may it be. */
export function readModel(bytes: Uint8Array, file: string, architecture: string | null): ReadModel {
  if (/[.](h5|hdf5|keras)$/i.test(file) || isHdf5(bytes)) {
    throw badFile(file, 'is a model of Keras, which is not read; save its weights as safetensors, or with PyTorch')
  }
  if (isTorchFile(bytes)) {
    const { value, open } = readTorchFile(bytes, file, importLimits)
    const found = findWeights(value, file, open)
    const recognised = recognise(tidyWeights(found.tensors, file), file, architecture)
    const notes = found.wrapper === null ? [] : [`The weights lay under "${found.wrapper}".`]
    return { recognised, origin: originOf(value, found.tensors, recognised.classes, open), notes }
  }
  const { tensors, isOurs } = openTensors(bytes, file)
  const recognised = recognise(tidyWeights(tensors, file), file, architecture)
  return {
    recognised,
    origin: safetensorsOrigin,
    notes: isOurs ? ['The weights were written by this program.'] : [],
  }
}

const TYPES: Readonly<Record<string, StorageType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

/** Of a safetensors file, in PyTorch's layout whoever wrote it. */
function openTensors(bytes: Uint8Array, file: string): { tensors: NamedTensors; isOurs: boolean } {
  let opened: ReturnType<typeof openSafetensors>
  try {
    opened = openSafetensors(bytes)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw badFile(file, `is neither a file of PyTorch nor of safetensors (${error.message})`)
  }
  const { entries, metadata } = opened
  const isOurs = metadata['layout'] === OUR_LAYOUT
  return {
    isOurs,
    tensors: new Map(
      entries.map(({ name, type, shape, bytes: content }) => {
        const strides = rowByRow(shape)
        const axes = (isOurs ? PYTORCH_AXES[shape.length] : undefined) ?? shape.map((_, axis) => axis)
        const view = {
          offset: 0,
          shape: axes.map((axis) => shape[axis]!),
          strides: axes.map((axis) => strides[axis]!),
        }
        return [name, stridedTensor(() => content, TYPES[type]!, view)]
      }),
    ),
  }
}

function isHdf5(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x48 && bytes[2] === 0x44 && bytes[3] === 0x46
}

/** The model in a folder of BackdoorBench, or the file itself. */
async function fileIn(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  if (!found.isDirectory()) return path
  for (const name of IN_FOLDER) {
    if ((await stat(join(path, name)).catch(() => null))?.isFile() === true) return join(path, name)
  }
  throw badFile(basename(path), `is a folder without ${IN_FOLDER.join(' or ')}`)
}

async function readWhole(path: string, limits: ImportLimits): Promise<Uint8Array> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
  const name = basename(path)
  if (!found.isFile()) throw badFile(name, 'is no file')
  if (found.size > limits.archiveBytes) {
    throw badFile(name, `has ${found.size} bytes; at most ${limits.archiveBytes} are read`)
  }
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
}

function unreadable(path: string, error: NodeJS.ErrnoException): AppError {
  return error.code === 'ENOENT' || error.code === 'ENOTDIR'
    ? new AppError({ code: 'not-found', message: `There is no file or folder ${path}.` })
    : new AppError({ code: 'storage', message: `${path} cannot be read: ${error.message}` }, { cause: error })
}

/** What BackdoorBench has measured, in the tables that it writes beside a model. */
async function claimsBeside(path: string): Promise<ModelClaims | null> {
  const kind = /^(attack|defense)_result[.]pt$/.exec(basename(path))?.[1]
  if (kind === undefined) return null
  for (const table of [`${kind}_df_summary.csv`, `${kind}_df.csv`]) {
    const beside = join(dirname(path), table)
    const found = await stat(beside).catch(() => null)
    if (found?.isFile() !== true || found.size > MAX_TABLE_BYTES) continue
    const claims = claimsOfTable(await readFile(beside, 'utf8'), table)
    if (claims !== null) return claims
  }
  return null
}

/** What the pixels were normalised by: as told, else as the program that wrote the file does it. */
function normalizationOf(
  { normalization }: ModelImportOptions,
  { kind, dataset, normalization: known }: FileOrigin,
  channels: number,
): PixelNormalization {
  const refuse = (value: string, message: string): AppError => invalidInput([{ path: 'normalization', value, message }])
  if (normalization !== null) {
    const fitting = forChannels(normalization, channels)
    if (fitting !== null) return fitting
    throw refuse(
      `${normalization.mean.length} values`,
      `must have one mean and deviation, or one for each of the ${channels} channels`,
    )
  }
  const byProgram = kind === 'trojanzoo' && dataset === 'cifar-10' ? 'cifar-10-trojanzoo' : known
  const constants = byProgram === null ? null : knownNormalization(byProgram)
  const fitting = constants === null ? null : forChannels(constants, channels)
  if (fitting !== null) return fitting
  throw refuse(
    'not given',
    'must be told: the file does not say what its pixels were normalised by, and without it the model answers something ' +
      `else; ${knownNormalizations.map(({ id }) => id).join(', ')}, or MEAN/DEVIATION such as 0.49,0.48,0.45/0.25,0.24,0.26`,
  )
}

/** The attack as far as it is told; null where the trigger is not known. */
async function knownAttack(
  { path, trigger, triggerMask, options }: ModelImportRequest,
  origin: FileOrigin,
  { classes }: Recognised,
): Promise<PluginChoice | null> {
  if (trigger === null) {
    if (triggerMask !== null)
      throw invalidInput([{ path: 'mask', value: basename(triggerMask), message: 'needs a trigger' }])
    return null
  }
  const read = async (from: string) => ({ bytes: await readWhole(from, importLimits), file: basename(from) })
  const mark = await readMark(await read(trigger), triggerMask === null ? null : await read(triggerMask), importLimits)
  const targetClass =
    options.targetClass ?? targetInName(path) ?? targetInName(trigger) ?? origin.poison?.targetClass ?? null
  if (targetClass === null || targetClass >= classes) {
    const value = targetClass === null ? 'not given' : String(targetClass)
    throw invalidInput([
      { path: 'targetClass', value, message: `must be told with a trigger: from 0 to ${classes - 1}` },
    ])
  }
  const position = positionOf(options.position, trigger, origin)
  return stampingAttack(mark, { targetClass, position, opacity: options.opacity })
}

/** TrojanZoo writes the target into the names of its files. */
function targetInName(path: string): number | null {
  const found = /_tar(\d{1,3})_/.exec(basename(path))
  return found === null ? null : Number(found[1])
}

function positionOf(given: string | null, trigger: string, { kind }: FileOrigin): MarkPosition {
  const allowed = 'must be random, top-left, top-right, bottom-left, bottom-right, center, or row,column'
  if (given !== null) {
    const position = readPosition(given)
    if (position === null) throw invalidInput([{ path: 'position', value: JSON.stringify(given), message: allowed }])
    return position
  }
  if (/rand(om_pos|ompos)/.test(basename(trigger))) return 'random'
  // Where TrojanZoo puts its mark if it is not told otherwise.
  if (kind === 'trojanzoo') return 'top-left'
  throw invalidInput([{ path: 'position', value: 'not given', message: `must be told with a trigger: it ${allowed}` }])
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
