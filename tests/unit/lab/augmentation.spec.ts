import { beforeAll, describe, expect, it } from 'vitest'
import { createAugmentation, type AugmentationOptions } from '../../../src-main/lab/data/augmentation.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf, type Tensor4D } from '../../../src-main/lab/tf.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

const shape = { height: 6, width: 5, channels: 3 }
const off = { cropPadding: 0, horizontalFlip: false, cutout: 0, rotation: 0 }
const COUNT = 40

beforeAll(useJavascriptBackend)

function augment(
  config: Partial<AugmentationOptions['config']>,
  seed = 1,
): { before: number[][][][]; after: number[][][][] } {
  const augmentation = createAugmentation({
    config: { ...off, ...config },
    shape,
    meanPixel: [0.1, 0.2, 0.3],
    random: createRandomStreams(seed),
  })
  const tensors = tf.memory().numTensors
  const images = tf.tensor4d(
    createRandomStreams(9)
      .stream('images')
      .uniforms(COUNT * 90),
    [COUNT, 6, 5, 3],
  )
  const inputs = augmentation!.draw(COUNT)
  const result = tf.tidy(() => augmentation!.apply(images, inputs)) as Tensor4D
  const [before, after] = [images.arraySync(), result.arraySync()]
  tf.dispose([images, inputs, result])
  expect(tf.memory().numTensors).toBe(tensors)
  return { before, after }
}

/** The image moved by whole pixels, black where nothing was. */
const shifted = (image: number[][][], down: number, right: number): number[][][] =>
  image.map((row, y) => row.map((_, x) => image[y + down]?.[x + right] ?? [0, 0, 0]))

describe('augmentation', () => {
  it('is nothing at all where nothing is switched on', () => {
    const options = { config: off, shape, meanPixel: [0, 0, 0], random: createRandomStreams(1) }
    expect(createAugmentation(options)).toBeNull()
  })

  it('shifts each image by whole pixels up to the padding, exactly, in every direction', () => {
    const { before, after } = augment({ cropPadding: 2 })
    const seen = new Set<string>()
    before.forEach((image, i) => {
      const found = [-2, -1, 0, 1, 2]
        .flatMap((down) => [-2, -1, 0, 1, 2].map((right) => [down, right] as const))
        .filter(([down, right]) => JSON.stringify(shifted(image, down, right)) === JSON.stringify(after[i]))
      expect(found).toHaveLength(1)
      seen.add(String(found[0]))
    })
    expect(seen.size).toBeGreaterThan(15)
  })

  it('mirrors about half of the images, exactly', () => {
    const { before, after } = augment({ horizontalFlip: true })
    const flipped = before.filter((image, i) => {
      const mirror = image.map((row) => row.toReversed())
      const isFlipped = JSON.stringify(mirror) === JSON.stringify(after[i])
      if (!isFlipped) expect(after[i]).toEqual(image)
      return isFlipped
    })
    expect(flipped.length).toBeGreaterThan(COUNT / 4)
    expect(flipped.length).toBeLessThan((3 * COUNT) / 4)
  })

  it('cuts one square out of each image and leaves the mean pixel there', () => {
    const { before, after } = augment({ cutout: 2 })
    before.forEach((image, i) => {
      const holes: [number, number][] = []
      image.forEach((row, y) =>
        row.forEach((pixel, x) => {
          const now = after[i]![y]![x]!
          if (now[0] === pixel[0]) expect(now).toEqual(pixel)
          else {
            now.forEach((value, c) => expect(value).toBeCloseTo([0.1, 0.2, 0.3][c]!, 6))
            holes.push([y, x])
          }
        }),
      )
      expect(holes.length).toBeGreaterThan(0)
      expect(holes.length).toBeLessThanOrEqual(4)
    })
  })

  it('turns about the centre: a smooth picture changes little, its centre least', () => {
    const config = { ...off, rotation: 10 }
    const square = { height: 9, width: 9, channels: 1 }
    const random = createRandomStreams(3)
    const augmentation = createAugmentation({ config, shape: square, meanPixel: [0], random })!
    const values = Float32Array.from({ length: 81 }, (_, k) => (k % 9) / 8)
    const ramp = tf.tensor4d(values, [1, 9, 9, 1])
    const inputs = augmentation.draw(1)
    const turned = tf.tidy(() => augmentation.apply(ramp, inputs)).arraySync() as number[][][][]
    expect(turned[0]![4]![4]![0]).toBeCloseTo(0.5, 5)
    const [above, below] = [turned[0]![1]![4]![0]!, turned[0]![7]![4]![0]!]
    expect(Math.abs(above - below)).toBeGreaterThan(0.005)
    expect(above + below).toBeCloseTo(1, 5)
    tf.dispose([ramp, inputs])
  })

  it('draws the same for the same seed, and one kind does not shift the draws of another', () => {
    expect(augment({ cropPadding: 2 }).after).toEqual(augment({ cropPadding: 2 }).after)
    expect(augment({ cropPadding: 2 }, 2).after).not.toEqual(augment({ cropPadding: 2 }).after)
    const [alone, both] = [augment({ cutout: 2 }), augment({ cutout: 2, horizontalFlip: true })]
    const unflipped = both.after.filter((image, i) => JSON.stringify(image) === JSON.stringify(alone.after[i]))
    expect(unflipped.length).toBeGreaterThan(COUNT / 4)
  })
})
