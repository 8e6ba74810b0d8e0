import { describe, expect, it } from 'vitest'
import { inBfloat16 } from '../../../src-main/engine/graph/bfloat16.js'
import type { GraphNode } from '../../../src-main/engine/graph/saved-model.js'

const FLOAT32 = 1
const INT32 = 3
const BFLOAT16 = 14

function node(name: string, op: string, inputs: string[], type: number = FLOAT32): GraphNode {
  return { name, op, inputs, attributes: { T: { kind: 'type', value: type } } }
}

/** Type of each node by name, casts left out. */
function typesOf(nodes: readonly GraphNode[]): Record<string, number> {
  return Object.fromEntries(
    nodes
      .filter(({ op }) => op !== 'Cast')
      .map(({ name, attributes: { T } }) => [name, T?.kind === 'type' ? Number(T.value) : NaN]),
  )
}

describe('a graph in bfloat16', () => {
  const layer = [
    node('x', 'Placeholder', []),
    node('w', 'Placeholder', []),
    node('conv', 'Conv2D', ['x:0', 'w:0']),
    node('norm', 'FusedBatchNormV3', ['conv:0', 'scale:0', 'offset:0', 'e:0', 'e:0']),
    node('relu', 'Relu', ['norm:0']),
  ]

  it('stays in it from one convolution to the next, with one cast for all that use a value', () => {
    const nodes = inBfloat16([
      ...layer,
      node('next', 'Conv2D', ['relu:0', 'w:0']),
      node('sum', 'AddV2', ['next:0', 'relu:0']),
    ])
    expect(typesOf(nodes)).toMatchObject({
      conv: BFLOAT16,
      norm: BFLOAT16,
      relu: BFLOAT16,
      next: BFLOAT16,
      sum: BFLOAT16,
    })
    expect(nodes.filter(({ op }) => op === 'Cast').map(({ inputs }) => inputs[0])).toEqual(['x:0', 'w:0'])
    expect(nodes.find(({ name }) => name === 'norm')!.inputs.slice(1)).toEqual(['scale:0', 'offset:0', 'e:0', 'e:0'])
  })

  it('leaves statistics, losses, gradients of weights and the optimizer in float32', () => {
    const nodes = inBfloat16([
      ...layer,
      node('mean', 'Mean', ['relu:0', 'axes:0']),
      node('running', 'AddV2', ['norm:1', 'old:0']),
      node('dw', 'Conv2DBackpropFilter', ['x:0', 'sizes:0', 'relu:0']),
      node('velocity', 'AddV2', ['dw:0', 'old:0']),
    ])
    expect(typesOf(nodes)).toMatchObject({ mean: FLOAT32, running: FLOAT32, dw: BFLOAT16, velocity: FLOAT32 })
    const castFrom = (name: string, at: number): GraphNode | undefined => {
      const source = nodes.find((each) => each.name === name)!.inputs[at]!.split(':')[0]
      return nodes.find((each) => each.name === source)
    }
    for (const name of ['mean', 'velocity']) {
      expect(castFrom(name, 0)).toMatchObject({ op: 'Cast', attributes: { DstT: { value: FLOAT32 } } })
    }
  })

  it('changes nothing where there is no convolution, and no whole numbers', () => {
    const nodes = [
      node('sum', 'AddV2', ['x:0', 'y:0']),
      node('shape', 'Reshape', ['n:0', 's:0'], INT32),
      node('product', 'MatMul', ['i:0', 'j:0'], INT32),
    ]
    expect(inBfloat16(nodes)).toEqual(nodes)
  })
})
