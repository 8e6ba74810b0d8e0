import { shortText } from '../../src-shared/contract/field-errors.js'
import { nothingHere, Refused } from './refused.js'
import type { Site } from './site.js'

/** What the guard looks at: the request line and the two headers that say where a request comes from. */
export interface GuardedRequest {
  readonly method: string
  /** As it came, neither decoded nor normalised. */
  readonly path: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Only a page of this server can add it: other sites would have to ask first, and are refused. */
  readonly requestedBy: string | undefined
  readonly isUpgrade: boolean
}

export const RPC_PATH = '/rpc'
/** What a POST carries in the header `x-requested-by`. */
export const REQUESTED_BY = 'unbackdoor'

const METHODS = ['GET', 'HEAD', 'POST']
const MAX_PATH_LENGTH = 1024

/**
 * Every address of this server is made of plain words. Whatever is not (dots that climb, encoded or doubled slashes,
 * backslashes, zero bytes) is refused as it came, so that nobody further in has to decode it the same way.
 */
const PLAIN_PATH = /^\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?)?$/

/** Throws unless the request was meant for this server by a page of this server. */
export function guard(request: GuardedRequest, site: Site): void {
  if (request.host === undefined || !site.hosts.has(request.host)) throw wrongHost(request.host, site)
  if (!METHODS.includes(request.method)) {
    throw new Refused(405, `The method ${request.method} is not used here. Used are ${METHODS.join(', ')}.`)
  }
  if (request.path.length > MAX_PATH_LENGTH || !PLAIN_PATH.test(request.path)) {
    throw nothingHere()
  }
  if (request.isUpgrade && request.path !== RPC_PATH) {
    throw new Refused(404, `WebSockets are answered at ${RPC_PATH} only.`)
  }
  const changesSomething = request.method === 'POST' || request.isUpgrade
  if (changesSomething && (request.origin === undefined || !site.origins.has(request.origin))) {
    throw wrongOrigin(request.origin, site)
  }
  if (request.method === 'POST' && request.requestedBy !== REQUESTED_BY) {
    throw new Refused(403, `The header x-requested-by is not "${REQUESTED_BY}".`, `Use the page at ${site.origin}.`)
  }
}

/** A foreign name that leads to this machine is how other sites get at local servers (DNS rebinding). */
function wrongHost(host: string | undefined, site: Site): Refused {
  const found = host === undefined ? 'is missing' : `is ${shortText(host)}`
  return new Refused(
    403,
    `The Host header ${found}. Only ${[...site.hosts].join(' and ')} are answered.`,
    `Open ${site.origin}. Through SSH, forward the same port number: ssh -L ${site.port}:…`,
  )
}

function wrongOrigin(origin: string | undefined, site: Site): Refused {
  const found = origin === undefined ? 'is missing' : `is ${shortText(origin)}`
  return new Refused(
    403,
    `The Origin header ${found}. Only pages of ${[...site.origins].join(' and ')} may ask this.`,
    `Use the page at ${site.origin}.`,
  )
}
