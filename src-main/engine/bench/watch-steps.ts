import { registerStepCompiler, type Step, type StepResult } from '../../lab/compute/step.js'
import { cloneTensors, disposeTensors, prefixed, type TensorMap } from '../../lab/compute/tensor-map.js'
import { tf } from '../../lab/tf.js'
import type { StoredTensor } from '../../../src-shared/weights/safetensors.js'
import { createGraphProgram } from '../graph/compile-step.js'
import { recordStep } from '../graph/record-step.js'
import { inVariables } from '../graph/variables.js'
import type { GraphBackend } from '../graph/tfjs-node.js'
import { NATIVE_BACKEND } from '../kernels/native.js'

/** The first run of a step: what went in, what came out, and how much there was to do. */
export interface WatchedStep {
  /** `before/*` and `after/*` of the state, `inputs/*`, `outputs/*`. */
  readonly tensors: Readonly<Record<string, StoredTensor>>
  /** Native operations. */
  readonly operations: number
}

/**
 * From now on keeps the first run of a step that has this output. So the very step of the program's loops is compared
 * with the other side, not one that was built for the comparison.
 */
export function watchSteps(outputName: string): { seen(): WatchedStep } {
  const backend = tf.backend() as unknown as GraphBackend
  let watched: WatchedStep | null = null
  registerStepCompiler(NATIVE_BACKEND, (step, precision) => {
    const program = createGraphProgram(backend, step, precision)
    return {
      ...program,
      run(state, inputs) {
        const result = program.run(state, inputs)
        if (watched === null && outputName in result.outputs)
          watched = describeRun(backend, step, state, inputs, result)
        return result
      },
      advance(store, inputs) {
        if (watched !== null) return program.advance(store, inputs)
        const before = cloneTensors(store.tensors)
        const outputs = program.advance(store, inputs)
        if (outputName in outputs)
          watched = describeRun(backend, step, before, inputs, { state: store.tensors, outputs })
        disposeTensors(before)
        return outputs
      },
    }
  })
  return {
    seen() {
      if (watched === null) throw new Error(`No step with an output "${outputName}" has run`)
      return watched
    },
  }
}

function describeRun(
  backend: GraphBackend,
  step: Step,
  state: TensorMap,
  inputs: TensorMap,
  { state: newState, outputs }: StepResult,
): WatchedStep {
  const { operations } = inVariables(recordStep(backend, step, state, inputs))
  return {
    tensors: stored({
      ...prefixed('before', state),
      ...prefixed('inputs', inputs),
      ...prefixed('after', newState),
      ...prefixed('outputs', outputs),
    }),
    operations,
  }
}

/** Whole numbers become float32, which holds those of a batch exactly. */
export function stored(tensors: TensorMap): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) },
    ]),
  )
}
