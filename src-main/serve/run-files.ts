import { realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import type { ArtifactRef } from '../../src-shared/model/artifact.js'
import { RunId } from '../../src-shared/model/ids.js'
import { Refused } from './refused.js'
import type { RequireSession } from './session-routes.js'

/** Only the record is wanted, none of the events. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER

/** What a browser may show by itself; everything else is handed over as a file to keep. */
const SHOWN = ['image/png', 'application/json']
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/

interface FileParams {
  readonly runId: string
  readonly '*': string
}

/** The files of a run, as far as its record lists them. The path is looked up there and never used as it came. */
export function addRunFiles(server: FastifyInstance, handlers: AppHandlers, requireSession: RequireSession): void {
  server.get<{ Params: FileParams }>(
    '/run/:runId/files/*',
    { onRequest: async (request) => requireSession(request) },
    async (request, reply) => {
      const { artifact, folder } = await findArtifact(handlers, request.params.runId, request.params['*'])
      await refuseIfOutside(folder, artifact)
      return sendArtifact(reply, folder, artifact)
    },
  )
}

async function findArtifact(handlers: AppHandlers, name: string, path: string) {
  const runId = RunId.safeParse(name)
  if (!runId.success) throw notListed()
  const { record, folder } = await handlers['run.snapshot']({ runId: runId.data, afterSeq: AFTER_ALL })
  const artifact = record.artifacts.find((listed) => listed.path === path)
  if (artifact === undefined) throw notListed()
  return { artifact, folder }
}

/** A run folder may have been made by a stranger: a link in it must not lead to anything else on this machine. */
async function refuseIfOutside(folder: string, artifact: ArtifactRef): Promise<void> {
  try {
    const root = await realpath(folder)
    if ((await realpath(join(folder, artifact.path))).startsWith(root + sep)) return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Refused(404, `${artifact.path} is listed in the record of the run but is no longer in its folder.`)
  }
  throw new Refused(403, `${artifact.path} leads out of the folder of the run.`)
}

function sendArtifact(reply: FastifyReply, folder: string, artifact: ArtifactRef): FastifyReply {
  const disposition = SHOWN.includes(artifact.mediaType) ? 'inline' : 'attachment'
  return reply
    .type(MEDIA_TYPE.test(artifact.mediaType) ? artifact.mediaType : 'application/octet-stream')
    .header('content-disposition', `${disposition}; filename="${basename(artifact.path)}"`)
    .header('cache-control', 'private, no-cache')
    .sendFile(artifact.path, folder, { contentType: false, cacheControl: false })
}

function notListed(): Refused {
  return new Refused(404, 'No run of this workspace lists such a file.')
}
