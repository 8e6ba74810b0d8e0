import { tf, type Tensor } from '../tf.js'

/** Named tensors: weights, optimizer slots, inputs or outputs of a step. */
export type TensorMap = Readonly<Record<string, Tensor>>

export function mapTensors(
  tensors: TensorMap,
  change: (tensor: Tensor, name: string) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))
}

export function disposeTensors(tensors: TensorMap): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}

/** Second references to the same data: whoever receives them owns and disposes them. */
export function cloneTensors(tensors: TensorMap): Record<string, Tensor> {
  return mapTensors(tensors, (tensor) => tf.clone(tensor))
}

/** The tensor of that name. A missing one is a mistake in the program, and is named. */
export function tensorOf<T extends Tensor = Tensor>(tensors: TensorMap, name: string): T {
  const tensor = tensors[name]
  if (tensor === undefined) throw new Error(`There is no tensor "${name}" among: ${Object.keys(tensors).join(', ')}`)
  return tensor as T
}

/** The entries under a prefix, without it: `under('generator', { 'generator/w': t })` is `{ w: t }`. */
export function under(prefix: string, tensors: TensorMap): Record<string, Tensor> {
  const start = `${prefix}/`
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]),
  )
}

/** The reverse of `under`. */
export function prefixed(prefix: string, tensors: TensorMap): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]))
}
