import { commands, type Commands } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { AppEvent } from '../../src-shared/contract/events.js'
import { connect, type Client } from '../../src-shared/rpc/client.js'
import type { Transport } from '../../src-shared/rpc/transport.js'

/** A client of the contract over any wire. */
export function connectTo(transport: Transport): Client<Commands, AppEvent> {
  return connect<Commands, AppEvent>(transport, commands, {
    parseEvent: (raw) => AppEvent.parse(raw),
    closedError: (reason) => new AppError({ code: 'internal', message: `The wire closed: ${reason}` }),
  })
}
