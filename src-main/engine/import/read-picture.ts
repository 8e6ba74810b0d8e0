/** Decoded PNG and JPEG files. The size of a picture is read from its header and limited before it is decoded. */
import { badFile } from './bad-file.js'
import { openJpegDecoder, readJpegSize, type JpegDecoder } from './jpeg.js'
import type { ImportLimits } from './limits.js'
import type { Picture, PictureSize } from './picture.js'
import { decodePng, readPngSize } from './png.js'

type Kind = 'png' | 'jpeg'

export function isPictureName(path: string): boolean {
  return /[.](png|jpe?g)$/i.test(path)
}

/** Looks at the header only. Throws an error that names the file. */
export function readPictureSize(bytes: Uint8Array, file: string, limits: ImportLimits): PictureSize {
  if (bytes.length > limits.imageBytes) {
    throw badFile(file, `has ${bytes.length} bytes; a picture may have ${limits.imageBytes}`)
  }
  const size = kindOf(bytes, file) === 'png' ? readPngSize(bytes, file) : readJpegSize(bytes, file)
  if (size.height < 1 || size.width < 1) throw badFile(file, `claims to be ${size.height} x ${size.width} pixels`)
  if (size.height * size.width > limits.imagePixels) {
    throw badFile(file, `is ${size.height} x ${size.width} pixels; at most ${limits.imagePixels} in all are read`)
  }
  return size
}

export interface PictureDecoder {
  /** Call after `readPictureSize` was content. */
  decode(bytes: Uint8Array, file: string): Promise<Picture>
}

export async function openPictureDecoder(): Promise<PictureDecoder> {
  const jpeg: JpegDecoder = await openJpegDecoder()
  return {
    decode: async (bytes, file) => (kindOf(bytes, file) === 'png' ? decodePng(bytes, file) : jpeg.decode(bytes, file)),
  }
}

function kindOf(bytes: Uint8Array, file: string): Kind {
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return 'png'
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'jpeg'
  throw badFile(file, 'is neither a PNG nor a JPEG picture', 0)
}
