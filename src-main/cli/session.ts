import { commands, type Commands } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { AppEvent } from '../../src-shared/contract/events.js'
import { connect, type Client } from '../../src-shared/rpc/client.js'
import { createMemoryPair } from '../../src-shared/rpc/memory-transport.js'
import { serve } from '../../src-shared/rpc/server.js'
import { openHeadless } from '../app/open-headless.js'

export type AppClient = Client<Commands, AppEvent>

export interface SessionOptions {
  readonly workspace: string
  readonly threads: number | null
}

/** Opens the application in this process, hands its client to `work`, and closes everything whatever happens. */
export async function withApp<T>(options: SessionOptions, work: (client: AppClient) => Promise<T>): Promise<T> {
  const app = openHeadless({ ...options, startFolder: import.meta.dirname })
  const [near, far] = createMemoryPair()
  serve(far, commands, app.handlers, {
    subscribe: (emit) => app.subscribe(emit),
    onInternalError: (error) => app.log(error),
  })
  const client = connect<Commands, AppEvent>(near, commands, {
    parseEvent: (raw) => AppEvent.parse(raw),
    closedError: (reason) => new AppError({ code: 'disconnected', message: `The application closed: ${reason}.` }),
  })
  try {
    return await work(client)
  } finally {
    client.close()
    app.close()
  }
}
