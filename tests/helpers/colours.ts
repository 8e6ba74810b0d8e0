import type { DatasetInfo } from '../../src-main/lab/define.js'

/** What is known of a dataset like CIFAR-10. */
export const colours: DatasetInfo = {
  shape: { height: 32, width: 32, channels: 3 },
  classNames: Array.from({ length: 10 }, String),
  pixelNormalization: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
}
