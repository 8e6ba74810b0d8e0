import { commands } from '../../src-shared/contract/commands.js'
import { serve } from '../../src-shared/rpc/server.js'
import type { ServerMessage } from '../../src-shared/rpc/messages.js'
import type { TransportCore } from '../../src-shared/rpc/transport-core.js'
import type { App } from '../app/create-app.js'
import { createIpcTransport, type PageEnd } from './ipc-transport.js'
import { whyRefuseMessage } from './message-limits.js'
import type { KnownIds } from './trusted-sender.js'

export interface ConnectedContents extends PageEnd {
  readonly id: number
  on(event: 'did-navigate' | 'render-process-gone' | 'destroyed', listener: () => void): unknown
}

export interface PageConnections {
  /** The pages that may send. */
  readonly ids: KnownIds
  /** Serves each document that this window will show, one after the other. */
  attach(contents: ConnectedContents): void
  receive(pageId: number, message: unknown): void
}

/** One connection for each document: a page that was loaded again starts from its first word. */
export function createPageConnections(app: Pick<App, 'handlers' | 'subscribe' | 'log'>): PageConnections {
  const known = new Map<number, ConnectedContents>()
  const open = new Map<number, TransportCore>()

  const disconnect = (pageId: number, reason: string): void => open.get(pageId)?.closed(reason)

  /** The page speaks first, so its first word opens the connection, also after an earlier one was lost. */
  const connectionTo = (contents: ConnectedContents): TransportCore => {
    const core = createIpcTransport(contents)
    open.set(contents.id, core)
    core.transport.onClose(() => open.delete(contents.id))
    serve(core.transport, commands, app.handlers, {
      subscribe: (emit) => app.subscribe(emit),
      onInternalError: (error) => app.log(error),
    })
    return core
  }

  return {
    ids: { has: (id) => known.has(id) },
    attach(contents) {
      const { id } = contents
      known.set(id, contents)
      contents.on('did-navigate', () => disconnect(id, 'the page was loaded again'))
      contents.on('render-process-gone', () => disconnect(id, 'the page crashed'))
      contents.on('destroyed', () => {
        known.delete(id)
        disconnect(id, 'the window was closed')
      })
    },
    receive(pageId, message) {
      const contents = known.get(pageId)
      if (contents === undefined) return
      const core = open.get(pageId) ?? connectionTo(contents)
      const reason = whyRefuseMessage(message)
      if (reason === null) return core.deliver(message)
      const error = { code: 'invalid-input', message: `The program refused it: ${reason}.` } as const
      core.transport.send({ kind: 'refused', error } satisfies ServerMessage)
      core.closed(reason)
    },
  }
}
