import { tf } from '../tf.js'
import type { Precision } from './precision.js'
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
  /** Calls `release` when the store is disposed: for what lives as long as the loop. */
  whenDisposed(release: () => void): void
  dispose(): void
}

/** Takes ownership of `initial`. */
export function createStateStore(initial: TensorMap): StateStore {
  let tensors: Record<string, TensorMap[string]> = { ...initial }
  const releases: (() => void)[] = []
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
    whenDisposed(release) {
      releases.push(release)
    },
    dispose() {
      disposeTensors(tensors)
      tensors = {}
      for (const release of releases.splice(0)) release()
    },
  }
}

/** A step made ready to run on one backend. */
export interface StepProgram {
  /** Changes neither state nor inputs. New state and outputs are new tensors, owned by the caller. */
  run(state: TensorMap, inputs: TensorMap): StepResult
  dispose(): void
}

export type StepCompiler = (step: Step, precision: Precision) => StepProgram

const compilers = new Map<string, StepCompiler>()

/** Says how steps are made ready on a backend. Where none is registered they run one operation at a time. */
export function registerStepCompiler(backendName: string, compiler: StepCompiler): void {
  compilers.set(backendName, compiler)
}

/** Runs the step's operations one after the other on the current backend. */
export const interpretStep = (step: Step): StepProgram => ({
  run: (state, inputs) =>
    tf.tidy(() => {
      const result = step(state, inputs)
      // Clones, because a step may hand back an input or an entry of the state as it is.
      return { state: cloneTensors(result.state), outputs: cloneTensors(result.outputs) }
    }),
  dispose: () => {},
})

/** Runs the step on the store and frees the inputs; whoever calls owns the outputs. */
export type CompiledStep = (inputs: TensorMap) => TensorMap

/** Makes a step ready in the way of the current backend. Whoever calls owns the program. */
export function compileProgram(step: Step, precision: Precision = 'float32'): StepProgram {
  return (compilers.get(tf.getBackend()) ?? interpretStep)(step, precision)
}

/** Makes a step runnable on a store. What that takes is freed with the store. */
export function compileStep(step: Step, store: StateStore, precision: Precision = 'float32'): CompiledStep {
  const program = compileProgram(step, precision)
  store.whenDisposed(() => program.dispose())
  return runOn(program, store)
}

/** For a program that several stores share, one after the other. It stays the caller's. */
export function runOn(program: StepProgram, store: StateStore): CompiledStep {
  return (inputs) => {
    const { state, outputs } = program.run(store.tensors, inputs)
    disposeTensors(inputs)
    store.update(state)
    return outputs
  }
}
