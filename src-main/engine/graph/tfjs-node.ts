import type { DataType, Tensor } from '../../lab/tf.js'
import type { NativeBackend, NativeBinding } from '../kernels/native.js'

/** A native tensor: its number in the addon, shape and data type number. */
export interface NativeTensor {
  readonly id: number
  readonly shape: number[]
  readonly dtype: number
}

export interface OpAttribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** The calls of the addon that every kernel of tfjs-node ends in, and those that run a whole graph. */
export interface GraphBinding extends NativeBinding {
  executeOp(name: string, attributes: OpAttribute[], inputs: number[], outputs: number): NativeTensor[]
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number
  tensorDataSync(id: number): ArrayLike<number>
  loadSavedModel(folder: string, tags: string): number
  deleteSavedModel(id: number): void
  /** Names are joined by commas, each with the number of its output. */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): NativeTensor[]
}

/** What recording and running graphs needs of tfjs-node's backend beyond running single operations. */
export interface GraphBackend extends Omit<NativeBackend, 'binding'> {
  /** Replaced while a step is recorded: its own properties cannot be changed. */
  binding: GraphBinding
  /** Native numbers of tensors; values that were only in JavaScript are moved to the backend. */
  getInputTensorIds(tensors: readonly TensorLike[]): number[]
  createOutputTensor(native: NativeTensor): Tensor
  incRef(dataId: object): void
}

/** tfjs's `TensorInfo`. */
export interface TensorLike {
  readonly dataId: object
  readonly shape: number[]
  readonly dtype: DataType
}
