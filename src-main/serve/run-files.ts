import { basename, dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { findRunFile } from '../app/run-file.js'
import type { RequireSession } from './session-routes.js'

interface FileParams {
  readonly runId: string
  readonly '*': string
}

/** The files of a run, as far as its record lists them. */
export function addRunFiles(server: FastifyInstance, handlers: AppHandlers, requireSession: RequireSession): void {
  server.get<{ Params: FileParams }>(
    '/run/:runId/files/*',
    { onRequest: async (request) => void requireSession(request) },
    async (request, reply) => {
      const { realPath, mediaType, disposition } = await findRunFile(
        handlers['run.snapshot'],
        request.params.runId,
        request.params['*'],
      )
      return reply
        .type(mediaType)
        .header('content-disposition', disposition)
        .header('cache-control', 'private, no-cache')
        .sendFile(basename(realPath), dirname(realPath), { contentType: false, cacheControl: false })
    },
  )
}
