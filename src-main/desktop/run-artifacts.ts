import { readFile } from 'node:fs/promises'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { findRunFile } from '../app/run-file.js'
import type { Answer } from './answer.js'

const PATH = /^\/run\/([^/]+)\/files\/(.+)$/

/** The files of a run under the same address as in served mode. Null if the request is for something else. */
export async function answerRunArtifact(
  pathname: string,
  snapshot: AppHandlers['run.snapshot'],
): Promise<Answer | null> {
  const [, name, path] = PATH.exec(pathname) ?? []
  if (name === undefined || path === undefined) return null
  const { realPath, mediaType, disposition } = await findRunFile(snapshot, name, path)
  return { status: 200, mediaType, body: await readFile(realPath), headers: { 'content-disposition': disposition } }
}
