/**
 * Weights as the file that `torch.save(model.state_dict(), path)` writes (pytorch/pytorch, torch/serialization.py and
 * caffe2/serialize/inline_container.h): a ZIP archive with the dictionary as a pickle and the bytes of each tensor beside it.
 * It is loaded by `torch.load(path, weights_only=True)`; nothing in it is executed.
 */
import { utf8 } from '../util/utf8.js'
import { zipStored, type ZipEntry } from '../util/zip-store.js'
import {
  pickledCall,
  pickledFalse,
  pickledGlobal,
  pickledInt,
  pickledOrderedDict,
  pickledPersistent,
  pickledText,
  pickledTuple,
  pickleOf,
  type PickledValue,
} from './pickle-writer.js'
import { inPytorchLayout } from './pytorch-layout.js'
import type { StoredTensor } from './safetensors.js'

/** Folder inside the archive. */
const ROOT = 'weights'
/** Of the format, as PyTorch has written it since 1.6. */
const VERSION = '3\n'
/** Where PyTorch lets each tensor begin, so that it can be mapped into memory. */
const ALIGNMENT = 64

/** @param tensors in this library's layout, under PyTorch's names */
export function torchFile(tensors: Readonly<Record<string, StoredTensor>>): Uint8Array<ArrayBuffer> {
  const all = Object.entries(tensors).map(([name, tensor]) => [name, inPytorchLayout(tensor)] as const)
  const dictionary = pickledOrderedDict(all.map(([name, tensor], key) => [name, pickledTensor(tensor, key)]))
  const storages = all.map(([, { values }], key): ZipEntry => ({
    name: `${ROOT}/data/${key}`,
    content: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  }))
  return zipStored(
    [
      { name: `${ROOT}/data.pkl`, content: pickleOf(dictionary) },
      { name: `${ROOT}/byteorder`, content: utf8('little') },
      ...storages,
      { name: `${ROOT}/version`, content: utf8(VERSION) },
    ],
    { alignment: ALIGNMENT },
  )
}

function pickledTensor({ shape, values }: StoredTensor, key: number): PickledValue {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1))
  const storage = pickledPersistent(
    pickledTuple([
      pickledText('storage'),
      pickledGlobal('torch', 'FloatStorage'),
      pickledText(String(key)),
      pickledText('cpu'),
      pickledInt(values.length),
    ]),
  )
  return pickledCall(pickledGlobal('torch._utils', '_rebuild_tensor_v2'), [
    storage,
    pickledInt(0),
    pickledTuple(shape.map(pickledInt)),
    pickledTuple(strides.map(pickledInt)),
    pickledFalse,
    pickledOrderedDict([]),
  ])
}
