import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { securityHeaders } from '../../src-shared/security/security-headers.js'

declare module 'fastify' {
  interface FastifyReply {
    /** Allows the page of this one answer to create styles. */
    nonce: string
  }
}

/** Before anything can answer or refuse, so that no answer goes without. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.decorateReply('nonce', '')
  server.addHook('onRequest', async (_request, reply) => setSecurityHeaders(reply))
}

export function setSecurityHeaders(reply: FastifyReply): void {
  reply.nonce = newNonce()
  reply.headers(securityHeaders(reply.nonce))
}

export function newNonce(): string {
  return randomBytes(16).toString('base64')
}
