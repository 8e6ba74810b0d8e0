import { gunzipSync } from 'node:zlib'
import { badFile } from './bad-file.js'

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Unpacks at most `maxBytes`. Throws an error that names the file if it is damaged, cut off or larger. */
export function unpackGzip(bytes: Uint8Array, file: string, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw badFile(file, `unpacks to more than the ${maxBytes} bytes allowed for it`)
    if (code === 'Z_BUF_ERROR') throw badFile(file, 'is cut off in the middle of its packed data', bytes.length)
    if (code?.startsWith('Z_')) throw badFile(file, `its packed data are damaged: ${message}`)
    throw error
  }
}
