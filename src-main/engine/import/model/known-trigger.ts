/** The trigger of an imported model, where whoever imports it has it: a mark of TrojanZoo, or a picture with a mask. */
import type { PluginChoice } from '../../../../src-shared/model/experiment.js'
import { isPlaceName } from '../../../../src-shared/trigger/place.js'
import { MAX_IMAGE_SIDE } from '../../../../src-shared/trigger/trigger-image.js'
import { toBase64 } from '../../../../src-shared/util/base64.js'
import { badFile } from '../bad-file.js'
import type { ImportLimits } from '../limits.js'
import type { PickleArray } from '../pickle/values.js'
import { openPictureDecoder, readPictureSize } from '../read-picture.js'
import { isZip } from '../zip.js'
import { isNpy, numbersOf, readNpy, readNpz } from './npy.js'

const RGBA = 4
const OPAQUE = 255

/** A mark as an experiment carries it. */
export interface Mark {
  readonly height: number
  readonly width: number
  /** Red, green, blue and coverage of each pixel, 0..255. */
  readonly rgba: Uint8Array
}

/** @param mask gray picture of the same size: white where the trigger covers the image */
export async function readMark(
  { bytes, file }: { bytes: Uint8Array; file: string },
  mask: { bytes: Uint8Array; file: string } | null,
  limits: ImportLimits,
): Promise<Mark> {
  const mark = isNpy(bytes)
    ? markOfPlanes(readNpy(bytes, file), file)
    : isZip(bytes)
      ? markOfArchive(bytes, file, limits)
      : await markOfPicture(bytes, file, limits)
  if (mask === null) return mark
  const cover = await markOfPicture(mask.bytes, mask.file, limits)
  if (cover.height !== mark.height || cover.width !== mark.width) {
    throw badFile(
      mask.file,
      `is ${cover.height} x ${cover.width} pixels, and the trigger ${mark.height} x ${mark.width}`,
    )
  }
  const rgba = mark.rgba.slice()
  for (let at = 0; at < rgba.length; at += RGBA) rgba[at + RGBA - 1] = cover.rgba[at]!
  return { ...mark, rgba }
}

async function markOfPicture(bytes: Uint8Array, file: string, limits: ImportLimits): Promise<Mark> {
  const { height, width } = readPictureSize(bytes, file, limits)
  checkSize({ height, width }, file)
  const { pixels, channels } = await (await openPictureDecoder()).decode(bytes, file)
  const rgba = new Uint8Array(height * width * RGBA)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * channels
    for (let c = 0; c < 3; c++) rgba[pixel * RGBA + c] = pixels[from + (channels === 1 ? 0 : c)]!
    rgba[pixel * RGBA + RGBA - 1] = OPAQUE
  }
  return { height, width, rgba }
}

/** TrojanZoo: planes of red, green and blue (or gray) from 0 to 1, and the coverage as the last one. */
function markOfPlanes(array: PickleArray, file: string): Mark {
  const [planes, height, width] = array.shape
  if (array.shape.length !== 3 || (planes !== 2 && planes !== 4)) {
    throw badFile(file, `has the shape [${array.shape.join(', ')}]; a mark has 2 or 4 planes of height x width`)
  }
  checkSize({ height: height!, width: width! }, file)
  const values = numbersOf(array, file)
  return fromPlanes(values, planes - 1, values.subarray((planes - 1) * height! * width!), {
    height: height!,
    width: width!,
  })
}

/** TrojanZoo of before: the mark, and the mask that says where it is. */
function markOfArchive(bytes: Uint8Array, file: string, limits: ImportLimits): Mark {
  const arrays = readNpz(bytes, file, limits)
  const mark = arrays.get('org_mark')?.()
  const mask = arrays.get('org_mask')?.()
  if (mark === undefined || mask === undefined) throw badFile(file, 'has no arrays "org_mark" and "org_mask"')
  const [planes, height, width] = mark.shape
  const [maskHeight, maskWidth] = mask.shape.slice(-2)
  if (mark.shape.length !== 3 || (planes !== 1 && planes !== 3) || maskHeight !== height || maskWidth !== width) {
    throw badFile(file, `has a mark of shape [${mark.shape.join(', ')}] and a mask of [${mask.shape.join(', ')}]`)
  }
  checkSize({ height: height!, width: width! }, file)
  return fromPlanes(numbersOf(mark, file), planes, numbersOf(mask, file), { height: height!, width: width! })
}

function fromPlanes(
  values: Float32Array,
  colours: number,
  coverage: Float32Array,
  { height, width }: { height: number; width: number },
): Mark {
  const count = height * width
  const byteOf = (value: number): number => Math.round(OPAQUE * Math.min(1, Math.max(0, value)))
  const rgba = new Uint8Array(count * RGBA)
  for (let pixel = 0; pixel < count; pixel++) {
    for (let c = 0; c < 3; c++) rgba[pixel * RGBA + c] = byteOf(values[(colours === 1 ? 0 : c) * count + pixel]!)
    rgba[pixel * RGBA + RGBA - 1] = byteOf(coverage[pixel]!)
  }
  return { height, width, rgba }
}

/** The longest side of a patch in pixels. */
const MAX_SIDE = Math.min(MAX_IMAGE_SIDE, 64)

function checkSize({ height, width }: { height: number; width: number }, file: string): void {
  if (height >= 1 && width >= 1 && height <= MAX_SIDE && width <= MAX_SIDE) return
  throw badFile(file, `is ${height} x ${width} pixels; a trigger may have ${MAX_SIDE} x ${MAX_SIDE}`)
}

export type MarkPosition = string | { row: number; column: number }

/** The attack that stamps this mark. It is for measuring only: the model was trained elsewhere. */
export function stampingAttack(
  { height, width, rgba }: Mark,
  { targetClass, position, opacity }: { targetClass: number; position: MarkPosition; opacity: number },
): PluginChoice {
  const image = { height, width, rgba: toBase64(rgba) }
  const trigger = { pattern: 'image', image, size: Math.max(height, width), position, opacity }
  return { id: 'badnets', params: { targetClass, trigger } }
}

/** A place by its name, or as row,column from 0; null where the text is neither. */
export function readPosition(text: string): MarkPosition | null {
  if (text === 'random' || isPlaceName(text)) return text
  const found = /^(\d{1,4}),(\d{1,4})$/.exec(text)
  return found === null ? null : { row: Number(found[1]), column: Number(found[2]) }
}
