import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'
import { writeWhole } from '../storage/write-whole.js'
import type { Grants } from './grants.js'
import type { Answer } from './answer.js'

/** Enough for a model or a report; larger things never pass through the page. */
const MAX_BYTES = 64 * 1024 * 1024
const PATH = /^\/granted\/([0-9a-f-]{36})$/

/** Reads or writes a file that the user has chosen, once. Null if the request is for something else. */
export async function answerGrantedFile(request: Request, grants: Grants): Promise<Answer | null> {
  const id = PATH.exec(new URL(request.url).pathname)?.[1]
  if (id === undefined) return null
  switch (request.method) {
    case 'GET':
      return { status: 200, mediaType: 'application/octet-stream', body: await readLimited(grants.redeem(id, 'read')) }
    case 'PUT': {
      const path = grants.redeem(id, 'write')
      await writeWhole(path, await bodyOf(request))
      return { status: 204, mediaType: 'application/octet-stream', body: null }
    }
    default:
      throw new AppError({ code: 'unsupported', message: `A chosen file cannot be asked to ${request.method}.` })
  }
}

async function readLimited(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > MAX_BYTES) throw tooLarge(size)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError({ code: 'storage', message: `The file cannot be read: ${(cause as Error).message}` }, { cause })
  }
}

async function bodyOf(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw tooLarge(size)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(size: number): AppError {
  return new AppError({ code: 'invalid-input', message: `The file has ${size} bytes; at most ${MAX_BYTES} are taken.` })
}
