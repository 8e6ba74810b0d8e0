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

/** Has the newest values of entries of a store, such as in variables of a graph. */
export interface StateHolder {
  /** Those that it has, in new tensors owned by the caller. */
  read(): TensorMap
}

/** The state of a loop. It owns its tensors. Entries keep their shape. */
export interface StateStore {
  /** As they are now; what a holder has is fetched, so ask when it is needed and not at every step. */
  readonly tensors: TensorMap
  /** Takes ownership of `changed` and frees what it replaces. */
  update(changed: TensorMap): void
  /** Leaves the entries of these names with a holder; its own tensors of them are freed. */
  leaveWith(holder: StateHolder, names: readonly string[]): void
  /** Fetches what a holder has, before that loses it. */
  takeBack(): void
  /** Whether nothing has changed since they were left with this holder. */
  isLeftWith(holder: StateHolder): boolean
  /** Calls `release` when the store is disposed: for what lives as long as the loop. */
  whenDisposed(release: () => void): void
  dispose(): void
}

/** Takes ownership of `initial`. */
export function createStateStore(initial: TensorMap): StateStore {
  let tensors: Record<string, TensorMap[string]> = { ...initial }
  const releases: (() => void)[] = []
  let holder: StateHolder | null = null
  let isFetched = true
  const fetchAll = (): TensorMap => {
    if (!isFetched) Object.assign(tensors, holder?.read())
    isFetched = true
    return tensors
  }
  const free = (name: string): void => tensorOf(tensors, name).dispose()
  return {
    get tensors() {
      return fetchAll()
    },
    update(changed) {
      this.takeBack()
      for (const [name, tensor] of Object.entries(changed)) {
        free(name)
        tensors[name] = tensor
      }
    },
    leaveWith(next, names) {
      if (isFetched) names.forEach(free)
      holder = next
      isFetched = false
    },
    takeBack() {
      fetchAll()
      holder = null
    },
    isLeftWith: (asked) => holder === asked,
    whenDisposed(release) {
      releases.push(release)
    },
    dispose() {
      // Those that a holder has are freed already.
      disposeTensors(tensors)
      tensors = {}
      holder = null
      isFetched = true
      for (const release of releases.splice(0)) release()
    },
  }
}

/** A step made ready to run on one backend. */
export interface StepProgram {
  /** Changes neither state nor inputs. New state and outputs are new tensors, owned by the caller. */
  run(state: TensorMap, inputs: TensorMap): StepResult
  /** There where the backend can keep a state: one step on that of a store. The outputs are owned by the caller. */
  readonly advance?: (store: StateStore, inputs: TensorMap) => TensorMap
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
  const advance =
    program.advance ??
    ((_store: StateStore, inputs: TensorMap): TensorMap => {
      const { state, outputs } = program.run(store.tensors, inputs)
      store.update(state)
      return outputs
    })
  return (inputs) => {
    const outputs = advance(store, inputs)
    disposeTensors(inputs)
    return outputs
  }
}
