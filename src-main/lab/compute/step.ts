import { tf } from '../tf.js'
import { cloneTensors, disposeTensors, tensorOf, type TensorMap } from './tensor-map.js'

export interface StepResult {
  /** New values of the state's entries that changed; the others stay. */
  readonly state: TensorMap
  readonly outputs: TensorMap
}

/**
 * One turn of a hot loop as a pure function: state (weights, optimizer slots) and inputs (batch, learning rate, random
 * numbers) in, new state and outputs out. It draws no random numbers and keeps nothing, so it can be repeated exactly
 * and a backend can record it once and run it as one native call.
 */
export type Step = (state: TensorMap, inputs: TensorMap) => StepResult

/** The state of a loop. It owns its tensors. */
export interface StateStore {
  readonly tensors: TensorMap
  /** Takes ownership of `changed` and frees what it replaces. */
  update(changed: TensorMap): void
  dispose(): void
}

/** Takes ownership of `initial`. */
export function createStateStore(initial: TensorMap): StateStore {
  let tensors: Record<string, TensorMap[string]> = { ...initial }
  return {
    get tensors() {
      return tensors
    },
    update(changed) {
      for (const [name, tensor] of Object.entries(changed)) {
        tensorOf(tensors, name).dispose()
        tensors[name] = tensor
      }
    },
    dispose() {
      disposeTensors(tensors)
      tensors = {}
    },
  }
}

/** Runs the step on the store and frees the inputs; whoever calls owns the outputs. */
export type CompiledStep = (inputs: TensorMap) => TensorMap

/** Makes a step runnable on a store, one op at a time on whichever backend is current. */
export function compileStep(step: Step, store: StateStore): CompiledStep {
  return (inputs) => {
    const { state, outputs } = tf.tidy(() => {
      const result = step(store.tensors, inputs)
      // Clones, because a step may hand back an input or an entry of the state as it is.
      return { state: cloneTensors(result.state), outputs: cloneTensors(result.outputs) }
    })
    disposeTensors(inputs)
    store.update(state)
    return outputs
  }
}
