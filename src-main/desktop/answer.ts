import { randomBytes } from 'node:crypto'
import type { ErrorCode, WireError } from '../../src-shared/contract/errors.js'
import { NONCE_PLACEHOLDER } from '../../src-shared/security/content-security-policy.js'
import { securityHeaders } from '../../src-shared/security/security-headers.js'

/** What a request is answered with, before the headers that every answer has. */
export interface Answer {
  readonly status: number
  readonly mediaType: string
  readonly body: Uint8Array | string | null
  readonly headers?: Readonly<Record<string, string>>
}

const HTML = 'text/html'

/** Adds what no answer may lack. The nonce allows the page of this one answer to create styles. */
export function toResponse({ status, mediaType, body, headers }: Answer): Response {
  const nonce = randomBytes(16).toString('base64')
  const isHtml = mediaType === HTML && body !== null
  const content = isHtml ? Buffer.from(body).toString().replaceAll(NONCE_PLACEHOLDER, nonce) : body
  return new Response(typeof content === 'string' || content === null ? content : Buffer.from(content), {
    status,
    headers: {
      'cache-control': 'no-store',
      ...headers,
      ...securityHeaders(nonce),
      ...(content === null ? {} : { 'content-type': isText(mediaType) ? `${mediaType}; charset=utf-8` : mediaType }),
    },
  })
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/json'
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'invalid-input': 400,
  'not-found': 404,
  refused: 403,
  unsupported: 405,
}

export function errorAnswer(error: WireError): Answer {
  return { status: statuses[error.code] ?? 500, mediaType: 'application/json', body: JSON.stringify({ error }) }
}
