import { BATCH_NORM_RUNNING, BATCH_NORM_TRAIN, BATCH_NORM_TRAIN_GRADIENT } from '../../lab/kernels/batch-norm.js'
import { tf } from '../../lab/tf.js'
import { registerNativeKernel, type NativeAttribute, type NativeBinding } from './native.js'

/** FusedBatchNormV3 and its gradient: one pass each way instead of about twenty. */
export function registerNativeBatchNorm(): void {
  registerNativeKernel(BATCH_NORM_RUNNING, (backend, { x, scale, offset, mean, variance }, { epsilon }) => {
    const [normalized, ...unused] = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      attributes(backend.binding, epsilon!, false),
      [x!, scale!, offset!, mean!, variance!],
      6,
    )
    tf.dispose(unused)
    return [normalized!]
  })

  registerNativeKernel(BATCH_NORM_TRAIN, (backend, { x, scale, offset }, { epsilon }) => {
    // With is_training the operation takes empty tensors for the running statistics.
    const empty = tf.tensor1d([])
    const outputs = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      attributes(backend.binding, epsilon!, true),
      [x!, scale!, offset!, empty, empty],
      6,
    )
    empty.dispose()
    return outputs
  })

  registerNativeKernel(
    BATCH_NORM_TRAIN_GRADIENT,
    (backend, { dy, x, scale, reserved1, reserved2, reserved3 }, { epsilon }) => {
      const [dx, dScale, dOffset, ...unused] = backend.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        attributes(backend.binding, epsilon!, true),
        [dy!, x!, scale!, reserved1!, reserved2!, reserved3!],
        5,
      )
      tf.dispose(unused)
      return [dx!, dScale!, dOffset!]
    },
  )
}

function attributes(binding: NativeBinding, epsilon: number, isTraining: boolean): NativeAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: isTraining },
  ]
}
