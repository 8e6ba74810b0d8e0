import { describe, expect, it } from 'vitest'
import { withScaledFilters } from '../../../src-main/engine/graph/scaled-backprop.js'
import type { GraphNode } from '../../../src-main/engine/graph/saved-model.js'

const node = (name: string, op: string, inputs: readonly string[]): GraphNode => ({ name, op, inputs, attributes: {} })

/** dy, scaled by channel, goes back through a convolution. */
const scaledBack: readonly GraphNode[] = [
  ...['size', 'filter', 'dy', 'scale'].map((name) => node(name, 'Placeholder', [])),
  node('scaled', 'Mul', ['dy:0', 'scale:0']),
  node('dx', 'Conv2DBackpropInput', ['size:0', 'filter:0', 'scaled:0']),
]
const rankOf = (source: string): number => (source === 'scale:0' ? 1 : 4)

describe('scaling filters instead of gradients', () => {
  it('scales the filter, and hands the gradient in as it is', () => {
    const rewritten = withScaledFilters(scaledBack, rankOf)
    const dx = rewritten.find(({ name }) => name === 'dx')!
    const filter = rewritten.find(({ name }) => `${name}:0` === dx.inputs[1])
    expect(filter).toMatchObject({ op: 'Mul', inputs: ['filter:0', 'scale:0'] })
    expect(dx.inputs).toEqual(['size:0', `${filter?.name}:0`, 'dy:0'])
    expect(rewritten.indexOf(filter!)).toBeLessThan(rewritten.indexOf(dx))
  })

  it('leaves it where the scaled gradient is wanted by others, or the scale is not one number a channel', () => {
    const alsoForFilter = [...scaledBack, node('dw', 'Conv2DBackpropFilter', ['x:0', 'size:0', 'scaled:0'])]
    expect(withScaledFilters(alsoForFilter, rankOf)).toEqual(alsoForFilter)
    expect(withScaledFilters(scaledBack, () => 4)).toEqual(scaledBack)
  })
})
