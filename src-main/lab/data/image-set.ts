/** Height, width and channels of one image, in pixels; pixels are stored row by row, channels last. */
export interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

export function pixelsPerImage({ height, width, channels }: ImageShape): number {
  return height * width * channels
}

/** Labelled images of one shape, kept as bytes (0..255) so that 60,000 of them stay small. */
export interface ImageSet {
  readonly shape: ImageShape
  /** count x height x width x channels, 0..255. */
  readonly pixels: Uint8Array
  /** One class number per image. */
  readonly labels: Uint8Array
  readonly count: number
}

export function createImageSet(shape: ImageShape, pixels: Uint8Array, labels: Uint8Array): ImageSet {
  if (pixels.length !== labels.length * pixelsPerImage(shape)) {
    throw new RangeError(
      `${labels.length} images of ${shape.height} x ${shape.width} x ${shape.channels} need ` +
        `${labels.length * pixelsPerImage(shape)} bytes, found ${pixels.length}`,
    )
  }
  return { shape, pixels: plainBytes(pixels), labels: plainBytes(labels), count: labels.length }
}

/**
 * The same memory as a Uint8Array and nothing more. What a host reads may be a subclass whose `slice` shares its memory (so
 * does Node's Buffer): a copy that is painted on would then be the dataset itself, for every later run as well.
 */
function plainBytes(bytes: Uint8Array): Uint8Array {
  const isPlain = Object.getPrototypeOf(bytes) === Uint8Array.prototype
  return isPlain ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The bytes of one image, shared with the set: copy before painting on them. */
export function imageAt(set: ImageSet, index: number): Uint8Array {
  const size = pixelsPerImage(set.shape)
  return set.pixels.subarray(index * size, (index + 1) * size)
}

/** A copy of the images at `indices`, in that order. */
export function selectImages(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  const size = pixelsPerImage(set.shape)
  const pixels = new Uint8Array(indices.length * size)
  const labels = new Uint8Array(indices.length)
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    pixels.set(imageAt(set, index), i * size)
    labels[i] = set.labels[index]!
  }
  return createImageSet(set.shape, pixels, labels)
}

export function indicesWhere(set: ImageSet, condition: (label: number) => boolean): Uint32Array {
  const found: number[] = []
  set.labels.forEach((label, index) => {
    if (condition(label)) found.push(index)
  })
  return Uint32Array.from(found)
}
