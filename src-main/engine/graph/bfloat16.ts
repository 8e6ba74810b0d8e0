/**
 * Mixed precision (Micikevicius et al., "Mixed Precision Training", 2018; with bfloat16: Kalamkar et al., 2019) by
 * rewriting a recorded graph: convolutions and matrix products in bfloat16, whose range is that of float32, so that no
 * loss has to be scaled. Activations stay in it from one convolution to the next; statistics, losses, weights, their
 * gradients and all the optimizer remembers stay in float32.
 */
import type { GraphNode } from './saved-model.js'

/** TensorFlow's numbers of its data types. */
const FLOAT32 = 1
const BFLOAT16 = 14

interface Rewritten {
  /** Places of the inputs that have the type `T`. */
  readonly inputs: readonly number[]
  /**
   * `always` in bfloat16, with a float32 result; `begins`: also the result stays in it; `follows`: in it where one of
   * those inputs already is. Only the first result has the type `T`.
   */
  readonly when: 'always' | 'begins' | 'follows'
}

const OPERATIONS: Readonly<Record<string, Rewritten>> = {
  Conv2D: { inputs: [0, 1], when: 'begins' },
  Conv2DBackpropInput: { inputs: [1, 2], when: 'begins' },
  Conv2DBackpropFilter: { inputs: [0, 2], when: 'always' },
  MatMul: { inputs: [0, 1], when: 'always' },
  AddV2: { inputs: [0, 1], when: 'follows' },
  AvgPool: { inputs: [0], when: 'follows' },
  AvgPoolGrad: { inputs: [1], when: 'follows' },
  FusedBatchNormV3: { inputs: [0], when: 'follows' },
  FusedBatchNormGradV3: { inputs: [0, 1], when: 'follows' },
  MaxPool: { inputs: [0], when: 'follows' },
  MaxPoolGrad: { inputs: [0, 1, 2], when: 'follows' },
  PadV2: { inputs: [0, 2], when: 'follows' },
  Relu: { inputs: [0], when: 'follows' },
  ReluGrad: { inputs: [0, 1], when: 'follows' },
  Reshape: { inputs: [0], when: 'follows' },
  Slice: { inputs: [0], when: 'follows' },
}

/** @param nodes in an order in which each comes after its inputs */
export function inBfloat16(nodes: readonly GraphNode[]): GraphNode[] {
  const rewritten: GraphNode[] = []
  /** Sources whose value is in bfloat16 where they are made, and whether what follows should stay in it. */
  const narrow = new Map<string, { readonly stays: boolean }>()
  /** Sources and the cast of each, one for all that want it. */
  const casts = new Map<string, string>()
  const cast = (source: string, from: number, to: number): string => {
    const known = casts.get(source)
    if (known !== undefined) return known
    const name = `${source.replace(':', '_')}_cast`
    rewritten.push({
      name,
      op: 'Cast',
      inputs: [source],
      attributes: {
        SrcT: { kind: 'type', value: from },
        DstT: { kind: 'type', value: to },
        Truncate: { kind: 'boolean', value: 0 },
      },
    })
    casts.set(source, `${name}:0`)
    return `${name}:0`
  }
  const narrowed = (source: string): string => (narrow.has(source) ? source : cast(source, FLOAT32, BFLOAT16))
  const widened = (source: string): string => (narrow.has(source) ? cast(source, BFLOAT16, FLOAT32) : source)

  for (const node of nodes) {
    const { inputs, when } = ruleOf(node)
    const isNarrow = when !== 'follows' || inputs.some((at) => narrow.get(node.inputs[at]!)?.stays)
    if (!isNarrow) {
      rewritten.push({ ...node, inputs: node.inputs.map(widened) })
      continue
    }
    rewritten.push({
      ...node,
      inputs: node.inputs.map((source, at) => (inputs.includes(at) ? narrowed(source) : widened(source))),
      attributes: { ...node.attributes, T: { kind: 'type', value: BFLOAT16 } },
    })
    narrow.set(`${node.name}:0`, { stays: when !== 'always' })
  }
  return rewritten
}

const UNTOUCHED: Rewritten = { inputs: [], when: 'follows' }

/** Whole numbers pass through some of these operations, too. */
function ruleOf({ op, attributes }: GraphNode): Rewritten {
  const type = attributes['T']
  return type?.kind === 'type' && type.value === FLOAT32 ? (OPERATIONS[op] ?? UNTOUCHED) : UNTOUCHED
}
