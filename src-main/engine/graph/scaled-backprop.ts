/**
 * What is scaled by channel on its way to the gradient of a convolution's input, as behind a batch normalisation with
 * running statistics, need not be: scaling the small filter instead gives the same sums and saves a pass over every
 * activation.
 */
import type { GraphNode } from './saved-model.js'

/** Position of the filter and of the incoming gradient in Conv2DBackpropInput. */
const FILTER = 1
const GRADIENT = 2

/**
 * @param nodes in an order in which each comes after its inputs
 * @param rankOf the number of dimensions of a value
 */
export function withScaledFilters(
  nodes: readonly GraphNode[],
  rankOf: (source: string) => number | undefined,
): GraphNode[] {
  const made = new Map(nodes.map((node) => [`${node.name}:0`, node]))
  const uses = new Map<string, number>()
  for (const source of nodes.flatMap(({ inputs }) => inputs)) uses.set(source, (uses.get(source) ?? 0) + 1)

  return nodes.flatMap((node): GraphNode[] => {
    if (node.op !== 'Conv2DBackpropInput') return [node]
    const scaling = made.get(node.inputs[GRADIENT]!)
    // Where somebody else wants the scaled gradient, such as that of the filter, it is there anyway.
    if (scaling?.op !== 'Mul' || uses.get(node.inputs[GRADIENT]!) !== 1) return [node]
    const [gradient, scale] = scaling.inputs as [string, string]
    if (rankOf(scale) !== 1 || rankOf(gradient) !== 4) return [node]
    const filter: GraphNode = {
      name: `${node.name}_filter`,
      op: 'Mul',
      inputs: [node.inputs[FILTER]!, scale],
      attributes: scaling.attributes,
    }
    const inputs = node.inputs.with(FILTER, `${filter.name}:0`).with(GRADIENT, gradient)
    return [filter, { ...node, inputs }]
  })
}
