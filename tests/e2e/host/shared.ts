import { startServed } from '../../../scripts/served/start-served.mjs'
import { preparedWorkspace, type PreparedWorkspace } from './prepared.js'
import { enter } from './served.js'

/** What tests share that start nothing of their own. Made when the first of them asks for it. */
export interface Shared {
  prepared(): Promise<PreparedWorkspace>
  /** A server of the prepared workspace, and the cookie that opens it. */
  server(): Promise<{ readonly origin: string; readonly cookie: string }>
  end(): Promise<void>
}

export function createShared(): Shared {
  const ends: (() => Promise<void>)[] = []
  const prepared = once(async () => {
    const workspace = await preparedWorkspace()
    ends.unshift(workspace.remove)
    return workspace
  })
  const server = once(async () => {
    const served = await startServed((await prepared()).folder)
    ends.unshift(served.end)
    return { origin: served.origin, cookie: await enter(served) }
  })
  return {
    prepared,
    server,
    async end() {
      for (const end of ends) await end()
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
