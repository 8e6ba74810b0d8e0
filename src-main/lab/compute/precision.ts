import { AppError } from '../../../src-shared/contract/errors.js'
import type { PrecisionChoice } from '../../../src-shared/model/experiment.js'
import { tf } from '../tf.js'

/** What a step's convolutions and matrix products compute in. Its state, inputs and outputs are float32 in any case. */
export type Precision = 'float32' | 'bfloat16'

/** By backend that can compute in bfloat16: whether that is faster on this machine. */
const gains = new Map<string, boolean>()

/** Says that steps that are compiled for a backend can compute in bfloat16. */
export function registerBfloat16(backendName: string, isFaster: boolean): void {
  gains.set(backendName, isFaster)
}

/** What is meant on the current backend. Throws where bfloat16 is asked for and cannot be had. */
export function choosePrecision(wanted: PrecisionChoice): Precision {
  const isFaster = gains.get(tf.getBackend())
  if (wanted === 'bfloat16' && isFaster === undefined) {
    throw new AppError({
      code: 'unsupported',
      message: 'The precision bfloat16 needs the native engine, and this one is plain JavaScript.',
      hint: 'Set the precision to float32 or auto, or see `doctor` for what the native engine is missing.',
    })
  }
  return wanted === 'auto' ? (isFaster === true ? 'bfloat16' : 'float32') : wanted
}
