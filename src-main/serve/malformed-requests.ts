import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { securityHeaders } from '../../src-shared/security/security-headers.js'
import { oneLine } from './one-line.js'
import { Refused, type RefusalStatus } from './refused.js'
import { newNonce } from './security-headers.js'

/** Answers what is not even HTTP, on the bare socket, because no request has come of it. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket, say: (line: string) => void): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refused = new Refused(statusOf(error.code), wordsOf(error.code))
  say(oneLine(`Refused a request (${refused.status}): ${refused.message} ${error.message}`))
  socket.end(asHttp(refused))
}

function statusOf(code: string | undefined): RefusalStatus {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
}

function wordsOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return 'The address or the headers of the request are too long.'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'The request took too long to arrive.'
  return 'The request is not well formed.'
}

function asHttp({ status, wire }: Refused): string {
  const body = JSON.stringify(wire)
  const headers = {
    ...securityHeaders(newNonce()),
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
}
