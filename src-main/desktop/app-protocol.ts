import type { CustomScheme } from 'electron'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import { errorAnswer, toResponse, type Answer } from './answer.js'
import { answerGrantedFile } from './granted-files.js'
import type { Grants } from './grants.js'
import { APP_SCHEME, isOwnAddress } from './origin.js'
import { answerPageFile } from './page-files.js'
import { answerRunArtifact } from './run-artifacts.js'

/** A proper origin with everything that https gives a page, and nothing that goes around the rules for it. */
export const appScheme: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true },
}

export interface ProtocolOptions {
  readonly rendererFolder: string
  readonly snapshot: AppHandlers['run.snapshot']
  readonly grants: Grants
  readonly log: (error: unknown) => string
}

interface Protocols {
  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void
}

/** Serves the page under its own scheme and refuses files under theirs: there is no other way to anything on disk. */
export function handleProtocols(protocol: Protocols, options: ProtocolOptions): void {
  protocol.handle(APP_SCHEME, (request) => answerRequest(request, options))
  protocol.handle('file', () => toResponse(refusal('Files are not opened by their address.')))
}

async function answerRequest(request: Request, options: ProtocolOptions): Promise<Response> {
  try {
    return toResponse(await findAnswer(request, options))
  } catch (error) {
    return toResponse(errorAnswer(wireErrorOf(error, options.log)))
  }
}

async function findAnswer(request: Request, options: ProtocolOptions): Promise<Answer> {
  if (!isOwnAddress(request.url)) return refusal('This is not an address of the program.')
  const granted = await answerGrantedFile(request, options.grants)
  if (granted !== null) return granted
  if (request.method !== 'GET')
    return errorAnswer({ code: 'unsupported', message: `${request.method} is not done here.` })
  const { pathname } = new URL(request.url)
  const found =
    (await answerRunArtifact(pathname, options.snapshot)) ?? (await answerPageFile(pathname, options.rendererFolder))
  return found ?? errorAnswer({ code: 'not-found', message: 'There is no such file in the program.' })
}

function refusal(message: string): Answer {
  return { status: 403, mediaType: 'text/plain', body: message }
}
