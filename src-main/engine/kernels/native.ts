import { tf, type Tensor } from '../../lab/tf.js'

/** tfjs-node's own name of the native backend. */
export const NATIVE_BACKEND = 'tensorflow'

/** One attribute of a TensorFlow operation as the binding takes it. */
export interface NativeAttribute {
  readonly name: string
  readonly type: number
  readonly value: number | boolean | string
}

/** The attribute type numbers and data types of TensorFlow's C API that the kernels here use. */
export interface NativeBinding {
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_SHAPE: number
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_BOOL: number
  readonly TF_Version: string
  /**
   * There while a step is recorded: `results`, the new values of as many of the first inputs, are what this operation makes
   * of these inputs where the first are variables.
   */
  readonly noteUpdate?: (
    op: string,
    attributes: Readonly<Record<string, boolean>>,
    inputs: () => readonly Tensor[],
    results: readonly Tensor[],
  ) => void
}

export interface NativeBackend {
  readonly binding: NativeBinding
  readonly isUsingGpuDevice: boolean
  executeMultipleOutputs(name: string, attributes: NativeAttribute[], inputs: Tensor[], outputs: number): Tensor[]
}

type Inputs = Record<string, Tensor>

/** Registers the native form of a kernel of the laboratory: one TensorFlow operation. */
export function registerNativeKernel(
  kernelName: string,
  run: (backend: NativeBackend, inputs: Inputs, attributes: Record<string, number>) => Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: NATIVE_BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) =>
      run(backend as NativeBackend, inputs as unknown as Inputs, (attrs ?? {}) as unknown as Record<string, number>),
  })
}
