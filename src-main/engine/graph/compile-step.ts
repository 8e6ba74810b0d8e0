/** Steps as native graphs: recorded once per shape of state and inputs, then run as one call of the addon each time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensorOf, type TensorMap } from '../../lab/compute/tensor-map.js'
import type { Precision } from '../../lab/compute/precision.js'
import { registerStepCompiler, type Step, type StepProgram } from '../../lab/compute/step.js'
import { tf, type Tensor } from '../../lab/tf.js'
import { NATIVE_BACKEND } from '../kernels/native.js'
import { inBfloat16 } from './bfloat16.js'
import { recordStep, type RecordedStep } from './record-step.js'
import { withScaledFilters } from './scaled-backprop.js'
import { encodeSavedModel, GRAPH_TAG, type GraphNode } from './saved-model.js'
import type { GraphBackend, NativeTensor, TensorLike } from './tfjs-node.js'

/** Lets the laboratory's steps run as graphs on the native backend. */
export function registerGraphCompiler(): void {
  registerStepCompiler(NATIVE_BACKEND, (step, precision) =>
    createGraphProgram(tf.backend() as unknown as GraphBackend, step, precision),
  )
}

export function createGraphProgram(backend: GraphBackend, step: Step, precision: Precision): StepProgram {
  /** A graph holds for one shape of everything: the last, smaller batch of an epoch has its own. */
  const graphs = new Map<string, LoadedGraph>()
  return {
    run(state, inputs) {
      const key = `${signature(state)} | ${signature(inputs)}`
      let graph = graphs.get(key)
      if (graph === undefined) {
        const recorded = recordStep(backend, step, state, inputs)
        const scaled = withScaledFilters(recorded.nodes, (source) => recorded.vectors.has(source))
        const nodes = precision === 'bfloat16' ? inBfloat16(scaled) : scaled
        graph = loadGraph(backend, { ...recorded, nodes })
        graphs.set(key, graph)
      }
      return graph.run(state, inputs)
    },
    dispose() {
      for (const graph of graphs.values()) graph.dispose()
      graphs.clear()
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
  const { fedState, fedInputs, captured, newState, outputs, nodes } = recorded
  const { binding } = backend
  const id = loadNodes(backend, nodes)
  const held = captured.map(({ tensor }) => secondReference(backend, tensor))
  const feeds = [...fedState, ...fedInputs, ...captured].map(({ node }) => `${node}:0`).join(',')
  const fetches = [...newState, ...outputs].map(({ node }) => `${node}:0`).join(',')
  const capturedIds = backend.getInputTensorIds(held)

  return {
    run(state, inputs) {
      const ids = backend.getInputTensorIds([
        ...fedState.map(({ name }) => tensorOf(state, name)),
        ...fedInputs.map(({ name }) => tensorOf(inputs, name)),
      ])
      const made = binding.runSavedModel(id, [...ids, ...capturedIds], feeds, fetches)
      const named = (from: readonly { name: string }[], natives: readonly NativeTensor[]): Record<string, Tensor> =>
        Object.fromEntries(from.map(({ name }, index) => [name, backend.createOutputTensor(natives[index]!)]))
      return {
        state: named(newState, made.slice(0, newState.length)),
        outputs: named(outputs, made.slice(newState.length)),
      }
    },
    dispose() {
      binding.deleteSavedModel(id)
      tf.dispose(held)
    },
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
