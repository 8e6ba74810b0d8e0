import { registerLabKernels } from '../../src-main/lab/kernels/index.js'
import { tf } from '../../src-main/lab/tf.js'

/** Makes the pure-JavaScript backend current, with the laboratory's kernels, for tests that need no native engine. */
export async function useJavascriptBackend(): Promise<void> {
  tf.enableProdMode()
  registerLabKernels()
  await tf.setBackend('cpu')
}
