import { tf, type Tensor } from '../tf.js'

/** tfjs's own name of its pure-JavaScript backend: where the composed form of a kernel is registered. */
const JAVASCRIPT_BACKEND = 'cpu'

/**
 * Registers a kernel for the pure-JavaScript backend as a composition of ordinary ops. The engine registers the native
 * form under the same name for its own backend, so the code that calls the kernel never asks which one runs.
 */
export function registerComposedKernel(
  kernelName: string,
  compose: (inputs: Record<string, Tensor>, attributes: Record<string, unknown>) => Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: JAVASCRIPT_BACKEND,
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => compose(inputs as unknown as Record<string, Tensor>, (attrs ?? {}) as Record<string, unknown>)),
  })
}

/** Runs a kernel that has several outputs on the current backend. */
export function runKernel(
  kernelName: string,
  inputs: Record<string, Tensor>,
  attributes: Record<string, number> = {},
): Tensor[] {
  return tf.engine().runKernel<Tensor[]>(kernelName, inputs, attributes)
}
