import { commands, type Commands } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { RunEvent } from '../../src-shared/contract/events.js'
import { connect, type Client } from '../../src-shared/rpc/client.js'
import type { Transport } from '../../src-shared/rpc/transport.js'

/** A client of the contract over any wire. */
export function connectTo(transport: Transport): Client<Commands, RunEvent> {
  return connect<Commands, RunEvent>(transport, commands, {
    parseEvent: (raw) => RunEvent.parse(raw),
    closedError: (reason) => new AppError({ code: 'internal', message: `The wire closed: ${reason}` }),
  })
}
