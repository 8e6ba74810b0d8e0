/**
 * Augmentation of training images. Shifts and flips as in He et al., "Deep Residual Learning for Image Recognition", 2016
 * (section 4.2); cutout: DeVries and Taylor, 2017 (arXiv 1708.04552). Each image is shifted, then flipped, then rotated
 * about its centre, all in one resampling; cutout comes last. A trigger that was painted before moves along.
 */
import type { AugmentationConfig } from '../../../src-shared/model/experiment.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { tensorOf } from '../compute/tensor-map.js'
import type { RandomStreams } from '../random/streams.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'
import type { ImageShape } from './image-set.js'

/** Numbers per image: where each output pixel (x, y) comes from is (a x + b y + c, d x + e y + f). */
const COEFFICIENTS = 6
const TRANSFORMS = 'augmentation/transforms'
const HOLES = 'augmentation/holes'

export interface Augmentation {
  /** The random numbers for a batch of `count` images: inputs of a step, owned by the caller. */
  draw(count: number): TensorMap
  /**
   * The augmented images, batch x height x width x channels, 0..1. A pure function of its arguments in plain tensor
   * operations, so that a step with it can be recorded. Call inside `tf.tidy`.
   */
  apply(images: Tensor4D, inputs: TensorMap): Tensor4D
}

export interface AugmentationOptions {
  readonly config: Omit<AugmentationConfig, 'kind'>
  readonly shape: ImageShape
  /** 0..1 per channel: what cutout leaves, so that a normalised hole is zero. */
  readonly meanPixel: readonly number[]
  readonly random: RandomStreams
}

/** Null where nothing is switched on. */
export function createAugmentation({ config, shape, meanPixel, random }: AugmentationOptions): Augmentation | null {
  const { cropPadding, horizontalFlip, rotation, cutout } = config
  const moves = cropPadding > 0 || horizontalFlip || rotation > 0
  if (!moves && cutout === 0) return null
  const streams = {
    shift: random.stream('shift'),
    flip: random.stream('flip'),
    rotation: random.stream('rotation'),
    cutout: random.stream('cutout'),
  }
  const shift = (): number => (cropPadding === 0 ? 0 : streams.shift.below(2 * cropPadding + 1) - cropPadding)

  const drawTransform = (): Transform => ({
    down: shift(),
    right: shift(),
    isFlipped: horizontalFlip && streams.flip.uniform() < 0.5,
    angle: rotation === 0 ? 0 : (streams.rotation.between(-rotation, rotation) * Math.PI) / 180,
  })
  const holeCorner = (length: number): number => streams.cutout.below(length) - Math.floor(cutout / 2)

  return {
    draw(count) {
      const transforms = new Float32Array(count * COEFFICIENTS)
      const holes = new Float32Array(count * 2)
      for (let i = 0; i < count; i++) {
        if (moves) transforms.set(coefficientsOf(drawTransform(), shape), i * COEFFICIENTS)
        if (cutout > 0) holes.set([holeCorner(shape.height), holeCorner(shape.width)], i * 2)
      }
      return {
        ...(moves ? { [TRANSFORMS]: tf.tensor2d(transforms, [count, COEFFICIENTS]) } : {}),
        ...(cutout > 0 ? { [HOLES]: tf.tensor2d(holes, [count, 2]) } : {}),
      }
    },
    apply(images, inputs) {
      const moved = moves ? resample(images, tensorOf<Tensor2D>(inputs, TRANSFORMS), rotation > 0) : images
      return cutout > 0 ? cutOut(moved, tensorOf<Tensor2D>(inputs, HOLES), cutout, meanPixel) : moved
    },
  }
}

interface Transform {
  /** Pixels by which the crop window moves over the padded image. */
  readonly down: number
  readonly right: number
  readonly isFlipped: boolean
  /** Radians. */
  readonly angle: number
}

function coefficientsOf({ down, right, isFlipped, angle }: Transform, { height, width }: ImageShape): number[] {
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2]
  const [cos, sin, flip] = [Math.cos(angle), Math.sin(angle), isFlipped ? -1 : 1]
  const [a, b, d, e] = [flip * cos, -flip * sin, sin, cos]
  return [a, b, centreX + right - a * centreX - b * centreY, d, e, centreY + down - d * centreX - e * centreY]
}

/** Reads each output pixel where its image's transform points; black outside. Shifts and flips are exact. */
function resample(images: Tensor4D, transforms: Tensor2D, isSmooth: boolean): Tensor4D {
  const [count, height, width, channels] = images.shape
  const column = (k: number): Tensor => tf.reshape(tf.slice(transforms, [0, k], [count, 1]), [count, 1, 1])
  const x = tf.reshape(tf.range(0, width), [1, 1, width])
  const y = tf.reshape(tf.range(0, height), [1, height, 1])
  const fromX = tf.add(tf.add(tf.mul(column(0), x), tf.mul(column(1), y)), column(2))
  const fromY = tf.add(tf.add(tf.mul(column(3), x), tf.mul(column(4), y)), column(5))

  const rows = tf.reshape(images, [count * height * width, channels])
  const starts = tf.reshape(tf.mul(tf.range(0, count), height * width), [count, 1, 1])
  /** The pixels at whole coordinates, as rows of channels; black outside. */
  const pixelsAt = (atX: Tensor, atY: Tensor): Tensor => {
    const [nearX, nearY] = [tf.clipByValue(atX, 0, width - 1), tf.clipByValue(atY, 0, height - 1)]
    const isInside = tf.logicalAnd(tf.equal(nearX, atX), tf.equal(nearY, atY))
    const index = tf.add(starts, tf.add(tf.mul(nearY, width), nearX))
    // Not tf.gather: its native kernel reads the indices back.
    const found = tf.gatherND(rows, tf.cast(tf.reshape(index, [-1, 1]), 'int32'))
    return tf.mul(found, tf.cast(tf.reshape(isInside, [-1, 1]), 'float32'))
  }
  if (!isSmooth) return tf.reshape(pixelsAt(tf.round(fromX), tf.round(fromY)), images.shape)

  const [left, top] = [tf.floor(fromX), tf.floor(fromY)]
  const [right, bottom] = [tf.add(left, 1), tf.add(top, 1)]
  const shareRight = tf.reshape(tf.sub(fromX, left), [-1, 1])
  const shareBottom = tf.reshape(tf.sub(fromY, top), [-1, 1])
  const mix = (one: Tensor, other: Tensor, share: Tensor): Tensor => tf.add(one, tf.mul(tf.sub(other, one), share))
  const upper = mix(pixelsAt(left, top), pixelsAt(right, top), shareRight)
  const lower = mix(pixelsAt(left, bottom), pixelsAt(right, bottom), shareRight)
  return tf.reshape(mix(upper, lower, shareBottom), images.shape)
}

/** Puts the mean pixel into a square of each image; `holes` holds its top and left, which may lie outside. */
function cutOut(images: Tensor4D, holes: Tensor2D, side: number, meanPixel: readonly number[]): Tensor4D {
  const [count, height, width, channels] = images.shape
  const within = (axis: 0 | 1, length: number): Tensor => {
    const start = tf.slice(holes, [0, axis], [count, 1])
    const offset = tf.sub(tf.reshape(tf.range(0, length), [1, length]), start)
    return tf.logicalAnd(tf.greaterEqual(offset, 0), tf.less(offset, side))
  }
  const isHole = tf.logicalAnd(
    tf.reshape(within(0, height), [count, height, 1, 1]),
    tf.reshape(within(1, width), [count, 1, width, 1]),
  )
  const hole = tf.cast(isHole, 'float32')
  const fill = tf.reshape(tf.tensor1d([...meanPixel]), [1, 1, 1, channels])
  return tf.add(images, tf.mul(tf.sub(fill, images), hole))
}
