import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
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

/** Opens a path that the user has named to the application, which knows it by the id that this returns. */
export type Grant = (path: string) => string

/** What a command can do to the application that no client can. */
export interface Session {
  readonly grant: Grant
  /** Ends every run in a way that it can be resumed from. */
  interrupt(): Promise<void>
}

/** Opens the application in this process, hands its client to `work`, and closes everything whatever happens. */
export async function withApp<T>(
  options: SessionOptions,
  work: (client: AppClient, session: Session) => Promise<T>,
): Promise<T> {
  const granted = new Map<string, string>()
  const app = openHeadless({
    ...options,
    startFolder: import.meta.dirname,
    openGrant(id) {
      const path = granted.get(id)
      if (path === undefined) throw new Error('A grant is asked for that was not given')
      return path
    },
  })
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
    return await work(client, {
      grant(path) {
        const id = randomUUID()
        granted.set(id, resolve(path))
        return id
      },
      interrupt: () => app.interrupt(),
    })
  } finally {
    client.close()
    app.close()
  }
}
