import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type ErrorCode } from '../../src-shared/contract/errors.js'
import { oneLine } from './one-line.js'
import { isRefusalStatus, nothingHere, Refused, type RefusalStatus } from './refused.js'
import { setSecurityHeaders } from './security-headers.js'

export interface ErrorAnswers {
  /** One line for the terminal. */
  readonly say: (line: string) => void
  /** Keeps an unexpected error; returns the id to find it by. */
  readonly log: (error: unknown) => string
}

/** The one place where a request that failed is answered, in words, and logged. */
export function answerErrors(server: FastifyInstance, answers: ErrorAnswers): void {
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply, answers))
  server.setNotFoundHandler(() => {
    throw nothingHere()
  })
}

/** An address that cannot even be decoded. No hook will end the connection, should it be one for a WebSocket. */
export function answerUnreadable(request: FastifyRequest, reply: FastifyReply, answers: ErrorAnswers): void {
  reply.raw.once('finish', () => request.raw.socket.destroySoon())
  answerError(nothingHere(), request, reply.header('connection', 'close'), answers)
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, answers: ErrorAnswers): void {
  const refused = refusedBy(error, answers.log)
  answers.say(oneLine(`Refused ${request.method} ${pathOf(request)} (${refused.status}): ${refused.message}`))
  // What the router cannot read is answered before any hook has run.
  if (!reply.hasHeader('content-security-policy')) setSecurityHeaders(reply)
  void reply.code(refused.status).header('cache-control', 'no-store').send(refused.wire)
}

/** Without the query, which is nobody's place for a secret and yet might hold one. */
export function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split('?', 1)[0] ?? ''
}

function refusedBy(error: unknown, log: (error: unknown) => string): Refused {
  if (error instanceof Refused) return error
  if (error instanceof AppError) return new Refused(statusOf(error.code), error.message, error.hint)
  const status = (error as Partial<FastifyError>).statusCode
  // The framework's own words may quote the body, and the body may be a token.
  if (isRefusalStatus(status) && status < 500) return new Refused(status, frameworkWords[status] ?? OTHER_WORDS)
  return new Refused(500, 'The server failed at this request.', `Details are in the log under ${log(error)}.`)
}

const OTHER_WORDS = 'The request has a form that is not used here.'

const frameworkWords: Partial<Record<RefusalStatus, string>> = {
  400: 'The request is not well formed.',
  413: 'The body of the request is too large.',
  415: 'Only bodies of the type application/json are read.',
}

function statusOf(code: ErrorCode): RefusalStatus {
  if (code === 'not-found' || code === 'data-missing') return 404
  if (code === 'refused') return 403
  return code === 'invalid-input' ? 400 : 500
}
