/**
 * A TensorFlow graph as the bytes of a SavedModel, the one form in which the addon takes a graph. Field numbers are those
 * of TensorFlow's graph.proto, node_def.proto, attr_value.proto, tensor.proto and saved_model.proto.
 */
import type { NativeBinding } from '../kernels/native.js'
import { createProtoWriter, type ProtoWriter } from '../../../src-shared/util/proto.js'

/** The tag by which the graph is chosen when it is loaded. */
export const GRAPH_TAG = 'step'
/** Version of TensorFlow's graph format that the nodes are written for. */
const PRODUCER = 1882

export type Attribute =
  | { readonly kind: 'integer' | 'float' | 'boolean' | 'type'; readonly value: number | readonly number[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly type: number; readonly shape: readonly number[]; readonly bytes: Uint8Array }

export interface GraphNode {
  readonly name: string
  readonly op: string
  /** Names of nodes with the number of their output, such as `n3:1`. */
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** An attribute as tfjs hands it to the addon, in the form of a graph. Throws for a kind that no kernel here uses. */
export function attributeOf(
  binding: NativeBinding,
  { name, type, value }: { name: string; type: number; value: unknown },
): Attribute {
  const numbers = Array.isArray(value) ? value.map(Number) : Number(value)
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { kind: 'text', value: String(value) }
    case binding.TF_ATTR_INT:
      return { kind: 'integer', value: numbers }
    case binding.TF_ATTR_FLOAT:
      return { kind: 'float', value: numbers }
    case binding.TF_ATTR_BOOL:
      return { kind: 'boolean', value: numbers }
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: numbers }
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: numbers as number[] }
    default:
      throw new Error(`The attribute "${name}" has the unknown type ${type}`)
  }
}

export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  return createProtoWriter()
    .integer(1, 1)
    .message(2, (metaGraph) =>
      metaGraph
        .message(1, (info) => info.text(4, GRAPH_TAG))
        .message(2, (graph) => {
          for (const node of nodes) graph.message(1, (inner) => writeNode(inner, node))
          graph.message(4, (versions) => versions.integer(1, PRODUCER))
        }),
    )
    .finish()
}

function writeNode(writer: ProtoWriter, { name, op, inputs, attributes }: GraphNode): void {
  writer.text(1, name).text(2, op)
  for (const input of inputs) writer.text(3, input)
  for (const [key, attribute] of Object.entries(attributes)) {
    writer.message(5, (entry) => entry.text(1, key).message(2, (value) => writeAttribute(value, attribute)))
  }
}

const FIELDS = { integer: 3, float: 4, boolean: 5, type: 6 } as const

function writeAttribute(writer: ProtoWriter, attribute: Attribute): void {
  switch (attribute.kind) {
    case 'text':
      writer.text(2, attribute.value)
      return
    case 'shape':
      writer.message(7, (shape) => writeShape(shape, attribute.value))
      return
    case 'tensor':
      writer.message(8, (tensor) =>
        tensor
          .integer(1, attribute.type)
          .message(2, (shape) => writeShape(shape, attribute.shape))
          .bytes(4, attribute.bytes),
      )
      return
    default: {
      const { kind, value } = attribute
      const write = (to: ProtoWriter, each: number): ProtoWriter =>
        kind === 'float' ? to.float(FIELDS[kind], each) : to.integer(FIELDS[kind], each)
      if (typeof value === 'number') write(writer, value)
      // The numbers of a list field are the same as those of single values.
      else writer.message(1, (list) => value.forEach((each) => write(list, each)))
    }
  }
}

function writeShape(writer: ProtoWriter, shape: readonly number[]): void {
  for (const length of shape) writer.message(2, (dimension) => dimension.integer(1, length))
}
