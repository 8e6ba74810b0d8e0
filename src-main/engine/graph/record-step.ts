/**
 * Records a step as a TensorFlow graph. Every kernel of tfjs-node ends in one call of the addon, `executeOp`, which names
 * an operation, its attributes and its inputs: exactly a node of a graph. So the step is run once, as it is, with a binding
 * that writes down each call on its way.
 */
import type { Step, StepResult } from '../../lab/compute/step.js'
import { disposeTensors, mapTensors, type TensorMap } from '../../lab/compute/tensor-map.js'
import { tf, type Tensor } from '../../lab/tf.js'
import { attributeOf, type GraphNode } from './saved-model.js'
import type { GraphBackend, GraphBinding, NativeTensor, TensorLike } from './tfjs-node.js'

export interface RecordedStep {
  readonly nodes: readonly GraphNode[]
  /** Nodes that take an entry of the state or an input, in the order of the names asked for. */
  readonly fedState: readonly NamedNode[]
  readonly fedInputs: readonly NamedNode[]
  /** Tensors from outside, such as the weights of a frozen model: they are fed as they are and have to stay alive. */
  readonly captured: readonly { readonly node: string; readonly tensor: TensorLike }[]
  readonly newState: readonly NamedNode[]
  readonly outputs: readonly NamedNode[]
  /** Nodes among these that are of use only where the state lives in variables, whatever else is made of it. */
  readonly updates: readonly NotedUpdate[]
  /** Numbers of dimensions of values, such as `n3:1`. */
  readonly ranks: ReadonlyMap<string, number>
}

/** An operation that changes variables in place, and the values that it stands for. */
export interface NotedUpdate {
  readonly node: string
  /** Of as many of its first inputs: what they become. */
  readonly results: readonly string[]
}

/** An entry of the state, an input or an output, and the node that stands for it. */
export interface NamedNode {
  readonly name: string
  readonly node: string
}

/** Operations for which tfjs-node leaves out the type of the first input, which a graph has to state. */
const UNTYPED_OPS = new Set(['ExpandDims'])

/** Bytes from which a constant of the step counts as data that the caller forgot to make an input. */
const LARGE_CONSTANT_BYTES = 1 << 20

/**
 * Throws when the step reads a value back from the backend, because a graph cannot depend on it. What the step computes
 * while it is recorded is thrown away.
 */
export function recordStep(
  backend: GraphBackend,
  step: Step,
  givenState: TensorMap,
  givenInputs: TensorMap,
): RecordedStep {
  const { binding, getInputTensorIds } = backend
  const nodes: GraphNode[] = []
  /** Where the value of a native tensor comes from, such as `n3:1`, and its data type number. */
  const sources = new Map<number, string>()
  const types = new Map<number, number>()
  const ranks = new Map<string, number>()
  const constants = new Map<number, { shape: number[]; dtype: number; values: ArrayLike<number> }>()
  const captured: { node: string; tensor: TensorLike }[] = []
  const updates: NotedUpdate[] = []
  let count = 0

  const know = ({ id, dtype, shape }: NativeTensor, source: string): void => {
    sources.set(id, source)
    types.set(id, dtype)
    ranks.set(source, shape.length)
  }
  const add = (node: Omit<GraphNode, 'name'>): string => {
    const name = `n${count++}`
    nodes.push({ name, ...node })
    return name
  }
  const placeholder = (dtype: number, shape: readonly number[]): string =>
    add({
      op: 'Placeholder',
      inputs: [],
      attributes: { dtype: { kind: 'type', value: dtype }, shape: { kind: 'shape', value: shape } },
    })
  const feed = ([name, tensor]: [string, Tensor]): NamedNode => {
    const [id] = getInputTensorIds.call(backend, [tensor])
    const node = placeholder(dtypeOf(binding, tensor), tensor.shape)
    know({ id: id!, dtype: dtypeOf(binding, tensor), shape: tensor.shape }, `${node}:0`)
    return { name, node }
  }
  const constant = (id: number): string => {
    const { shape, dtype, values } = constants.get(id)!
    const bytes = bytesOf(binding, dtype, values)
    if (bytes.length > LARGE_CONSTANT_BYTES) {
      throw new Error(
        `The step makes a constant of ${bytes.length} bytes: it has to be an input or an entry of the state`,
      )
    }
    return add({
      op: 'Const',
      inputs: [],
      attributes: { dtype: { kind: 'type', value: dtype }, value: { kind: 'tensor', type: dtype, shape, bytes } },
    })
  }
  const sourceOf = (id: number): string => {
    const known = sources.get(id)
    if (known !== undefined) return known
    if (!constants.has(id)) throw new Error(`The step uses the native tensor ${id}, whose origin was not seen`)
    const source = `${constant(id)}:0`
    const { shape, dtype } = constants.get(id)!
    know({ id, dtype, shape }, source)
    return source
  }

  const recording: Partial<GraphBinding> = {
    executeOp(op, attributes, inputIds, outputs) {
      const made = binding.executeOp(op, attributes, inputIds, outputs)
      const node = add({
        op,
        inputs: inputIds.map(sourceOf),
        attributes: {
          ...(UNTYPED_OPS.has(op) ? { T: { kind: 'type', value: types.get(inputIds[0]!)! } } : {}),
          ...Object.fromEntries(attributes.map((each) => [each.name, attributeOf(binding, each)])),
        },
      })
      made.forEach((each, index) => know(each, `${node}:${index}`))
      return made
    },
    createTensor(shape, dtype, values) {
      const id = binding.createTensor(shape, dtype, values)
      constants.set(id, { shape: [...shape], dtype, values })
      types.set(id, dtype)
      return id
    },
    noteUpdate(op, flags, inputs, results) {
      const sourcesOf = (tensors: readonly Tensor[]): string[] => backend.getInputTensorIds(tensors).map(sourceOf)
      const attributes = Object.entries(flags).map(([name, value]) => [name, { kind: 'boolean', value: Number(value) }])
      const node = add({
        op,
        inputs: sourcesOf(inputs()),
        attributes: { T: { kind: 'type', value: binding.TF_FLOAT }, ...Object.fromEntries(attributes) },
      })
      updates.push({ node, results: sourcesOf(results) })
    },
    tensorDataSync() {
      throw new Error('A step must not read values back: what depends on them has to be computed by tensors')
    },
  }

  /** Each a native tensor of its own: entries and captured tensors may share their data now and not later. */
  const standIn = (tensor: Tensor): Tensor => {
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: dtypeOf(binding, tensor) }
    return backend.executeMultipleOutputs('Identity', [type], [tensor], 1)[0]!
  }
  const state = mapTensors(givenState, standIn)
  const inputs = mapTensors(givenInputs, standIn)
  const fedState = Object.entries(state).map(feed)
  const fedInputs = Object.entries(inputs).map(feed)
  backend.binding = { ...ownProperties(binding), ...recording }
  backend.getInputTensorIds = (tensors) => {
    const ids = getInputTensorIds.call(backend, tensors)
    ids.forEach((id, index) => {
      if (sources.has(id) || constants.has(id)) return
      const tensor = tensors[index]!
      const node = placeholder(dtypeOf(binding, tensor), tensor.shape)
      know({ id, dtype: dtypeOf(binding, tensor), shape: tensor.shape }, `${node}:0`)
      captured.push({ node, tensor: { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype } })
    })
    return ids
  }
  const newState: NamedNode[] = []
  const outputs: NamedNode[] = []
  const fetch = ([name, tensor]: [string, Tensor]): NamedNode => {
    const [id] = backend.getInputTensorIds([tensor])
    // A node of its own: what is fed cannot be fetched, and two names may stand for one value.
    const type = { kind: 'type', value: dtypeOf(binding, tensor) } as const
    return { name, node: add({ op: 'Identity', inputs: [sourceOf(id!)], attributes: { T: type } }) }
  }
  try {
    tf.tidy(() => {
      const result: StepResult = step(state, inputs)
      newState.push(...Object.entries(result.state).map(fetch))
      outputs.push(...Object.entries(result.outputs).map(fetch))
    })
    return { nodes, fedState, fedInputs, captured, newState, outputs, updates, ranks }
  } finally {
    backend.binding = binding
    backend.getInputTensorIds = getInputTensorIds
    disposeTensors(state)
    disposeTensors(inputs)
  }
}

/** The addon's properties cannot be overridden on the object itself, so a copy is. */
function ownProperties(binding: GraphBinding): GraphBinding {
  return Object.fromEntries(
    Object.getOwnPropertyNames(binding).map((name) => [name, binding[name as keyof GraphBinding]]),
  ) as unknown as GraphBinding
}

function dtypeOf(binding: GraphBinding, { dtype }: TensorLike): number {
  switch (dtype) {
    case 'float32':
      return binding.TF_FLOAT
    case 'int32':
      return binding.TF_INT32
    case 'bool':
      return binding.TF_BOOL
    default:
      throw new Error(`A step cannot take tensors of type ${dtype}`)
  }
}

function bytesOf(binding: GraphBinding, dtype: number, values: ArrayLike<number>): Uint8Array {
  if (ArrayBuffer.isView(values)) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
  }
  if (dtype === binding.TF_FLOAT) return new Uint8Array(Float32Array.from(values).buffer)
  if (dtype === binding.TF_INT32) return new Uint8Array(Int32Array.from(values).buffer)
  return Uint8Array.from(values)
}
