/** What a file of weights says besides them: which program wrote it, on what it was trained, what it claims. */
import type { ImportedModel, PoisonRecord } from '../../../../src-shared/model/imported-model.js'
import type { ModelClaims } from '../../../../src-shared/model/victim.js'
import { PickleArray, PickleDict, PickleTensor, itemsOf, textOf, type PickleValue } from '../pickle/values.js'
import type { FileTensor } from './file-tensor.js'
import type { NamedTensors } from './state-dict.js'

export interface FileOrigin {
  readonly kind: ImportedModel['source']['kind']
  readonly dataset: string | null
  readonly imageSize: { readonly height: number; readonly width: number } | null
  /** Id of a known normalisation. */
  readonly normalization: string | null
  readonly claims: ModelClaims | null
  readonly poison: PoisonRecord | null
}

const unknownOrigin = { dataset: null, imageSize: null, normalization: null, claims: null, poison: null }

/** BackdoorBench's names of datasets: ours, and what it normalises pixels by. */
const BACKDOORBENCH: Readonly<Record<string, { dataset: string | null; normalization: string }>> = {
  cifar10: { dataset: 'cifar-10', normalization: 'cifar-10' },
  cifar100: { dataset: 'cifar-100', normalization: 'cifar-100' },
  mnist: { dataset: 'mnist', normalization: 'half' },
  gtsrb: { dataset: null, normalization: 'none' },
  celeba: { dataset: null, normalization: 'none' },
  tiny: { dataset: null, normalization: 'tiny-imagenet' },
  imagenet: { dataset: null, normalization: 'imagenet' },
}

export const safetensorsOrigin: FileOrigin = { kind: 'safetensors', ...unknownOrigin }

/** Of a file of PyTorch. */
export function originOf(
  value: PickleValue,
  tensors: NamedTensors,
  classes: number,
  open: (tensor: PickleTensor) => FileTensor,
): FileOrigin {
  if (value instanceof PickleDict && textOf(value.get('model_name')) !== null && value.get('model') !== undefined) {
    return backdoorbench(value, classes)
  }
  if (value instanceof PickleDict && value.get('best_clean_acc') !== undefined) {
    return { kind: 'nad', ...unknownOrigin, claims: nadClaims(value, open) }
  }
  const isTrojanZoo = [...tensors.keys()].some((name) => /^features[.](conv|layer)\d/.test(name))
  return { kind: isTrojanZoo ? 'trojanzoo' : 'pytorch', ...unknownOrigin }
}

function backdoorbench(file: PickleDict, classes: number): FileOrigin {
  const name = textOf(file.get('clean_data')) ?? ''
  const known = Object.hasOwn(BACKDOORBENCH, name) ? BACKDOORBENCH[name]! : null
  const [height, width] = itemsOf(file.get('img_size')) ?? []
  return {
    kind: 'backdoorbench',
    dataset: known?.dataset ?? null,
    normalization: known?.normalization ?? null,
    imageSize: isSide(height) && isSide(width) ? { height, width } : null,
    claims: null,
    poison: poisonOf(file.get('bd_train'), file.get('bd_test'), classes),
  }
}

/** Which images were poisoned: how many, and for which class. */
function poisonOf(train: PickleValue | undefined, test: PickleValue | undefined, classes: number): PoisonRecord | null {
  const sets = [train, test].filter((set) => set instanceof PickleDict)
  if (sets.length === 0) return null
  const targets = new Set(sets.flatMap((set) => poisonedLabels(set)))
  const [target] = targets
  const isOne = targets.size === 1 && typeof target === 'number' && Number.isInteger(target)
  return {
    poisonedTrain: countOf(train),
    triggeredTest: countOf(test),
    targetClass: isOne && target >= 0 && target < classes ? target : null,
  }
}

/** Labels that the poisoned images were given: of each the first of its two. */
function poisonedLabels(set: PickleDict): PickleValue[] {
  return entriesOf(set).flatMap((entry) => {
    const labels = entry instanceof PickleDict ? itemsOf(entry.get('other_info')) : (itemsOf(entry)?.slice(1) ?? null)
    return labels === null || labels[0] === undefined ? [] : [labels[0]]
  })
}

function entriesOf(set: PickleDict): PickleValue[] {
  const container = set.get('bd_data_container')
  const entries = container instanceof PickleDict ? container.get('data_dict') : undefined
  return entries instanceof PickleDict ? [...entries.entries.values()] : []
}

function countOf(set: PickleValue | undefined): number | null {
  if (!(set instanceof PickleDict)) return null
  const indicator = set.get('poison_indicator')
  if (!(indicator instanceof PickleArray) || indicator.type !== 'i8') return entriesOf(set).length
  const { buffer, byteOffset, byteLength } = indicator.bytes
  const view = new DataView(buffer, byteOffset, byteLength)
  let count = 0
  for (let at = 0; at < byteLength; at += 8) if (view.getBigInt64(at, true) === 1n) count += 1
  return count
}

/** In percent, as numbers or as tensors of one. */
function nadClaims(file: PickleDict, open: (tensor: PickleTensor) => FileTensor): ModelClaims {
  const rate = (key: string): number | null => {
    const value = file.get(key)
    const percent = value instanceof PickleTensor && value.storage.count > 0 ? open(value).values()[0] : value
    return typeof percent === 'number' && percent >= 0 && percent <= 100 ? percent / 100 : null
  }
  return {
    cleanAccuracy: rate('best_clean_acc'),
    attackSuccessRate: rate('best_bad_acc'),
    robustAccuracy: null,
    from: 'best_clean_acc and best_bad_acc in the file',
  }
}

function isSide(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1024
}

/**
 * The last line of a table of BackdoorBench (attack_df_summary.csv and the like) that has figures; null where it has none.
 */
export function claimsOfTable(text: string, from: string): ModelClaims | null {
  const [head, ...lines] = text.split(/\r?\n/).map((line) => line.split(',').map((cell) => cell.trim()))
  const column = (name: string): number => head?.indexOf(name) ?? -1
  const rateIn = (cells: readonly string[], name: string): number | null => {
    const cell = cells[column(name)]
    const value = Number(cell)
    return cell !== undefined && cell !== '' && value >= 0 && value <= 1 ? value : null
  }
  for (const cells of lines.toReversed()) {
    const cleanAccuracy = rateIn(cells, 'test_acc')
    const attackSuccessRate = rateIn(cells, 'test_asr')
    if (cleanAccuracy === null && attackSuccessRate === null) continue
    return { cleanAccuracy, attackSuccessRate, robustAccuracy: rateIn(cells, 'test_ra'), from }
  }
  return null
}
