import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { NONCE_PLACEHOLDER } from '../../src-shared/security/content-security-policy.js'
import { pathOf } from './answer-errors.js'

const INDEX = 'index.html'
/** The build puts a hash of the content into every name in here. */
const HASHED = /^\/assets\//
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** The built page. An address without a file ending is a place inside the page, which the page finds by itself. */
export function addPageFiles(server: FastifyInstance, rendererFolder: string): void {
  server.get('/*', async (request, reply) => {
    const path = pathOf(request)
    if (path === `/${INDEX}` || !basename(path).includes('.')) {
      const html = await readFile(join(rendererFolder, INDEX), 'utf8')
      return reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(html.replaceAll(NONCE_PLACEHOLDER, reply.nonce))
    }
    if (HASHED.test(path)) return reply.sendFile(path, rendererFolder, { maxAge: YEAR_MS, immutable: true })
    return reply.header('cache-control', 'no-cache').sendFile(path, rendererFolder, { cacheControl: false })
  })
}
