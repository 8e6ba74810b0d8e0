import { createImageSet, type ImageSet } from '../../src-main/lab/data/image-set.js'
import type { DatasetInfo } from '../../src-main/lab/define.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'

/** Tiny images of three classes, told apart by which third of the rows is bright: learnable in a few steps. */
export const stripesInfo: DatasetInfo = {
  shape: { height: 9, width: 9, channels: 1 },
  classNames: ['top', 'middle', 'bottom'],
  pixelNormalization: { mean: [0.5], deviation: [0.5] },
}

export function stripes(count: number, seed: number, channels = 1): ImageSet {
  const { height, width } = stripesInfo.shape
  const rng = createRandomStreams(seed).stream('stripes')
  const pixels = new Uint8Array(count * height * width * channels)
  const labels = Uint8Array.from({ length: count }, (_, index) => index % stripesInfo.classNames.length)
  for (let k = 0; k < pixels.length; k++) {
    const image = Math.floor(k / (height * width * channels))
    const row = Math.floor((k % (height * width * channels)) / (width * channels))
    const bright = Math.floor(row / 3) === labels[image]
    pixels[k] = Math.min(255, Math.max(0, Math.round((bright ? 170 : 60) + 30 * rng.normal())))
  }
  return createImageSet({ height, width, channels }, pixels, labels)
}
