/** Steps as native graphs: recorded once per shape of state and inputs, then run as one call of the addon each time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensorOf, type TensorMap } from '../../lab/compute/tensor-map.js'
import type { Precision } from '../../lab/compute/precision.js'
import {
  registerStepCompiler,
  type StateHolder,
  type StateStore,
  type Step,
  type StepProgram,
} from '../../lab/compute/step.js'
import { tf, type Tensor } from '../../lab/tf.js'
import { NATIVE_BACKEND } from '../kernels/native.js'
import { inBfloat16 } from './bfloat16.js'
import { withMatrixProducts } from './matrix-products.js'
import { recordStep, type NamedNode, type RecordedStep } from './record-step.js'
import { withScaledFilters } from './scaled-backprop.js'
import { encodeSavedModel, GRAPH_TAG, type GraphNode } from './saved-model.js'
import type { GraphBackend, TensorLike } from './tfjs-node.js'
import { inVariables } from './variables.js'

/** Lets the laboratory's steps run as graphs on the native backend. */
export function registerGraphCompiler(): void {
  registerStepCompiler(NATIVE_BACKEND, (step, precision) =>
    createGraphProgram(tf.backend() as unknown as GraphBackend, step, precision),
  )
}

export function createGraphProgram(backend: GraphBackend, step: Step, precision: Precision): Required<StepProgram> {
  /** A graph holds for one shape of everything: the last, smaller batch of an epoch has its own. */
  const graphs = new Map<string, LoadedGraph>()
  const residents = new Map<string, ResidentGraph>()
  const stateSignatures = new WeakMap<StateStore, string>()

  const record = (state: TensorMap, inputs: TensorMap): RecordedStep => {
    const recorded = recordStep(backend, step, state, inputs)
    const rankOf = (source: string): number | undefined => recorded.ranks.get(source)
    const nodes = withMatrixProducts(withScaledFilters(recorded.nodes, rankOf), rankOf)
    return { ...recorded, nodes: precision === 'bfloat16' ? inBfloat16(nodes) : nodes }
  }
  const keyOf = (state: string, inputs: TensorMap): string => `${state} | ${signature(inputs)}`

  return {
    run(state, inputs) {
      const key = keyOf(signature(state), inputs)
      const graph = graphs.get(key) ?? loadGraph(backend, record(state, inputs))
      graphs.set(key, graph)
      return graph.run(state, inputs)
    },
    advance(store, inputs) {
      const stateSignature = stateSignatures.get(store) ?? signature(store.tensors)
      stateSignatures.set(store, stateSignature)
      const key = keyOf(stateSignature, inputs)
      const graph = residents.get(key) ?? loadResidentGraph(backend, record(store.tensors, inputs))
      residents.set(key, graph)
      return graph.advance(store, inputs)
    },
    dispose() {
      for (const graph of [...graphs.values(), ...residents.values()]) graph.dispose()
      graphs.clear()
      residents.clear()
    },
  }
}

function signature(tensors: TensorMap): string {
  return Object.entries(tensors)
    .map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape.join(',')}]`)
    .join(' ')
}

interface LoadedGraph {
  run: StepProgram['run']
  dispose(): void
}

function loadGraph(backend: GraphBackend, recorded: RecordedStep): LoadedGraph {
  const { fedState, fedInputs, captured, newState, outputs, updates } = recorded
  const ofVariables = new Set(updates.map(({ node }) => node))
  const session = openSession(
    backend,
    recorded.nodes.filter(({ name }) => !ofVariables.has(name)),
  )
  const held = captured.map(({ tensor }) => secondReference(backend, tensor))
  const feeds = [...fedState, ...fedInputs, ...captured].map(valueOf)
  const fetches = [...newState, ...outputs].map(valueOf)

  return {
    run(state, inputs) {
      const given = [...named(fedState, state), ...named(fedInputs, inputs), ...held]
      const made = session.run(given, feeds, fetches)
      return {
        state: withNames(newState, made.slice(0, newState.length)),
        outputs: withNames(outputs, made.slice(newState.length)),
      }
    },
    dispose() {
      session.close()
      tf.dispose(held)
    },
  }
}

interface ResidentGraph {
  advance(store: StateStore, inputs: TensorMap): TensorMap
  dispose(): void
}

/** The state is in variables of the graph for as long as it makes the steps of one store. */
function loadResidentGraph(backend: GraphBackend, recorded: RecordedStep): ResidentGraph {
  const { fedState, fedInputs, captured, outputs } = recorded
  const { nodes, given, allGiven, allChanged, changed } = inVariables(recorded)
  const session = openSession(backend, nodes)
  const held = captured.map(({ tensor }) => secondReference(backend, tensor))
  const feeds = fedInputs.map(valueOf)
  const fetches = [...outputs.map(valueOf), allChanged]
  const names = changed.map(({ name }) => name)
  const holder: StateHolder = {
    read: () => (changed.length === 0 ? {} : withNames(changed, session.run([], [], changed.map(valueOf)))),
  }
  let resident: StateStore | null = null

  const take = (store: StateStore): void => {
    if (resident?.isLeftWith(holder)) resident.takeBack()
    if (given.length > 0) tf.dispose(session.run([...named(fedState, store.tensors), ...held], given, [allGiven]))
    resident = store
  }

  return {
    advance(store, inputs) {
      if (resident !== store || !store.isLeftWith(holder)) take(store)
      const made = session.run(named(fedInputs, inputs), feeds, fetches)
      made.pop()!.dispose()
      store.leaveWith(holder, names)
      return withNames(outputs, made)
    },
    dispose() {
      if (resident?.isLeftWith(holder)) resident.takeBack()
      session.close()
      tf.dispose(held)
    },
  }
}

function valueOf({ node }: { node: string }): string {
  return `${node}:0`
}

function named(nodes: readonly NamedNode[], tensors: TensorMap): Tensor[] {
  return nodes.map(({ name }) => tensorOf(tensors, name))
}

function withNames(nodes: readonly NamedNode[], tensors: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(nodes.map(({ name }, index) => [name, tensors[index]!]))
}

interface Session {
  /** @param feeds and @param fetches values, such as `n3:1` */
  run(given: readonly Tensor[], feeds: readonly string[], fetches: readonly string[]): Tensor[]
  close(): void
}

function openSession(backend: GraphBackend, nodes: readonly GraphNode[]): Session {
  const { binding } = backend
  const id = loadNodes(backend, nodes)
  return {
    run(given, feeds, fetches) {
      const ids = backend.getInputTensorIds(given)
      const made = binding.runSavedModel(id, ids, feeds.join(','), fetches.join(','))
      return made.map((native) => backend.createOutputTensor(native))
    },
    close: () => binding.deleteSavedModel(id),
  }
}

/** The graph reads captured tensors at every run, so their data must not go with whoever made them. */
function secondReference(backend: GraphBackend, tensor: TensorLike): Tensor {
  backend.incRef(tensor.dataId)
  return tf.keep(tf.engine().makeTensorFromTensorInfo(tensor))
}

/** The addon takes graphs from a folder only: it is private, and gone as soon as the graph is loaded. */
function loadNodes({ binding }: GraphBackend, nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'unbackdoor-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes), { mode: 0o600 })
    return binding.loadSavedModel(folder, GRAPH_TAG)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
