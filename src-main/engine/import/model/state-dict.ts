/** Where the weights are in a file of PyTorch, whatever training code has put around them. */
import { badFile } from '../bad-file.js'
import { PickleDict, PickleTensor, type PickleValue } from '../pickle/values.js'
import type { FileTensor } from './file-tensor.js'

/** Weights by PyTorch's names, as the file has them. */
export type NamedTensors = ReadonlyMap<string, FileTensor>

/** Under which key training code keeps the weights, most telling first. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'net', 'model', 'netC', 'weights'] as const

export interface FoundWeights {
  readonly tensors: NamedTensors
  /** Key of the dictionary that held them; null where they are the file itself. */
  readonly wrapper: string | null
}

/** Throws `invalid-input` that says what the file holds instead. */
export function findWeights(
  value: PickleValue,
  file: string,
  open: (tensor: PickleTensor) => FileTensor,
): FoundWeights {
  if (!(value instanceof PickleDict)) throw badFile(file, 'holds no dictionary of weights')
  if (isStateDict(value)) return { tensors: opened(value, open), wrapper: null }
  for (const wrapper of WRAPPERS) {
    const held = value.get(wrapper)
    if (held instanceof PickleDict && isStateDict(held)) return { tensors: opened(held, open), wrapper }
  }
  const keys = [...value.entries.keys()].slice(0, 20).map((key) => JSON.stringify(String(key).slice(0, 60)))
  throw badFile(
    file,
    `holds no weights: neither tensors by name, nor such a dictionary under ${WRAPPERS.join(', ')}; it has ` +
      (keys.length === 0 ? 'no entries' : keys.join(', ')),
  )
}

function isStateDict({ entries }: PickleDict): boolean {
  return (
    entries.size > 0 && [...entries].every(([key, value]) => typeof key === 'string' && value instanceof PickleTensor)
  )
}

function opened({ entries }: PickleDict, open: (tensor: PickleTensor) => FileTensor): NamedTensors {
  return new Map(
    [...entries].flatMap(([key, value]) =>
      value instanceof PickleTensor ? [[String(key), open(value)] as const] : [],
    ),
  )
}

/** What wrappers of models put before every name. */
const PREFIXES = ['module.', '_orig_mod.'] as const
/** Counts batches and decides nothing. */
const COUNTER = 'num_batches_tracked'
const [PRUNED, MASK] = ['_orig', '_mask']

/**
 * The weights without what wrappers and pruning add to their names: prefixes of parallel and compiled models, counters of
 * batches, and the mask that torch.nn.utils.prune keeps beside a weight, which is multiplied with it.
 */
export function tidyWeights(found: NamedTensors, file: string): NamedTensors {
  let tensors = [...found].filter(([name]) => !name.endsWith(COUNTER))
  for (const prefix of PREFIXES) {
    if (tensors.every(([name]) => name.startsWith(prefix))) {
      tensors = tensors.map(([name, tensor]) => [name.slice(prefix.length), tensor])
    }
  }
  const byName = new Map(tensors)
  return new Map(
    tensors.flatMap(([name, tensor]): [string, FileTensor][] => {
      if (name.endsWith(MASK) && byName.has(`${name.slice(0, -MASK.length)}${PRUNED}`)) return []
      if (!name.endsWith(PRUNED)) return [[name, tensor]]
      const plain = name.slice(0, -PRUNED.length)
      const mask = byName.get(`${plain}${MASK}`)
      if (mask === undefined || mask.shape.join() !== tensor.shape.join()) {
        throw badFile(file, `the pruned tensor "${name}" has no mask of its shape`)
      }
      return [[plain, masked(tensor, mask)]]
    }),
  )
}

function masked(tensor: FileTensor, mask: FileTensor): FileTensor {
  return {
    shape: tensor.shape,
    values() {
      const kept = mask.values()
      return tensor.values().map((value, i) => value * kept[i]!)
    },
  }
}
