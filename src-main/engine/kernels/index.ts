import { LEAKY_RELU_GRADIENT } from '../../lab/kernels/leaky-relu-gradient.js'
import { RELU_GRADIENT } from '../../lab/kernels/relu-gradient.js'
import { SOFTMAX_CROSS_ENTROPY } from '../../lab/kernels/softmax-cross-entropy.js'
import { registerNativeBatchNorm } from './batch-norm.js'
import { registerNativeKernel } from './native.js'
import { registerNativeOptimizerUpdates } from './optimizer-updates.js'

/** The native forms of the laboratory's kernels. Call once, after the native backend is registered. */
export function registerNativeKernels(): void {
  registerNativeBatchNorm()
  registerNativeOptimizerUpdates()

  registerNativeKernel(RELU_GRADIENT, (backend, { dy, y }) =>
    backend.executeMultipleOutputs(
      'ReluGrad',
      [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT }],
      [dy!, y!],
      1,
    ),
  )

  registerNativeKernel(LEAKY_RELU_GRADIENT, (backend, { dy, x }, { alpha }) =>
    backend.executeMultipleOutputs(
      'LeakyReluGrad',
      [
        { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT },
        { name: 'alpha', type: backend.binding.TF_ATTR_FLOAT, value: alpha! },
      ],
      [dy!, x!],
      1,
    ),
  )

  registerNativeKernel(SOFTMAX_CROSS_ENTROPY, (backend, { logits, labels }) =>
    backend.executeMultipleOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      [
        { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT },
        { name: 'Tlabels', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_INT32 },
      ],
      [logits!, labels!],
      2,
    ),
  )
}
