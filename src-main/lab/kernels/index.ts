import { registerBatchNorm } from './batch-norm.js'
import { registerLeakyReluGradient } from './leaky-relu-gradient.js'
import { registerOptimizerUpdates } from './optimizer-updates.js'
import { registerReductionGradients } from './reduction-gradients.js'
import { registerReluGradient } from './relu-gradient.js'
import { registerSoftmaxCrossEntropy } from './softmax-cross-entropy.js'

export { batchNormRunning, batchNormTrain } from './batch-norm.js'
export { adamUpdate, momentumUpdate } from './optimizer-updates.js'
export { softmaxCrossEntropy } from './softmax-cross-entropy.js'

let registered = false

/** Adds the laboratory's kernels and gradients to tfjs. The host calls it once, before anything computes. */
export function registerLabKernels(): void {
  if (registered) return
  registered = true
  registerBatchNorm()
  registerReluGradient()
  registerLeakyReluGradient()
  registerReductionGradients()
  registerSoftmaxCrossEntropy()
  registerOptimizerUpdates()
}
