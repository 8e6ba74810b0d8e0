import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createAppClient,
  type AppClient,
  type ConnectionState,
} from '../../../src-renderer/src/client/create-app-client.js'
import type { MessageBridge } from '../../../src-renderer/src/client/desktop-bridge.js'
import { pickTransport, type Page } from '../../../src-renderer/src/client/pick-transport.js'
import { isRunEvent } from '../../../src-shared/contract/events.js'
import { createMemoryPair } from '../../../src-shared/rpc/memory-transport.js'
import { someEvent } from '../../contract/suite.js'
import { createFakeApp } from '../../helpers/fake-app.js'
import { startTestServer, type TestServer } from '../../helpers/serve-server.js'

const soon = (): number => 10

/** A browser as far as the client sees one: an address, a history and a jar of cookies. */
function createBrowser(href: string, jar: { cookie: string }) {
  const location = new URL(href)
  const { origin } = location
  const shown: string[] = []
  const sockets: WebSocket[] = []
  const page: Page = {
    location,
    history: { state: { kept: true }, replaceState: (_state, _unused, url) => void shown.push(url) },
    async fetch(input, init) {
      const headers = { ...(init?.headers as Record<string, string>), origin, cookie: jar.cookie }
      const response = await fetch(input, { ...init, headers })
      jar.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? jar.cookie
      return response
    },
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        super(url, { headers: { origin, cookie: jar.cookie } })
        sockets.push(this)
      }
    },
  }
  return { page, shown, sockets }
}

describe('the client of the page', () => {
  let server: TestServer
  const clients: AppClient[] = []
  beforeEach(async () => {
    server = await startTestServer()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await server.close()
  })

  function open(href: string, jar = { cookie: '' }) {
    const browser = createBrowser(href, jar)
    const client = createAppClient(pickTransport(browser.page), soon)
    clients.push(client)
    const states: ConnectionState[] = []
    client.onState((state) => states.push(state))
    return { ...browser, client, states, jar }
  }

  it('exchanges the token, takes it out of the address, and answers calls made before it was open', async () => {
    const { client, states, shown, jar } = open(server.server.newLink())
    expect(shown).toEqual(['/'])
    expect(await client.call('run.list', {})).toMatchObject({ runs: [], unreadable: ['notes'] })
    expect(states).toEqual([{ kind: 'connecting', reason: null }, { kind: 'open' }])
    expect(jar.cookie).toContain('unbackdoor-')
  })

  it('needs no token when it is loaded again, nor a good one', async () => {
    const link = server.server.newLink()
    const { client, jar } = open(link)
    await client.call('run.list', {})
    for (const href of [server.server.site.origin, link]) {
      expect((await open(href, jar).client.call('run.list', {})).runs).toEqual([])
    }
  })

  it.each(['', '/#token=wrong'])('gives up in words when it is not let in (%s)', async (rest) => {
    const { client, states } = open(server.server.site.origin + rest)
    await expect(client.call('run.list', {})).rejects.toMatchObject({ code: 'refused' })
    expect(states.at(-1)).toEqual({ kind: 'closed', reason: expect.stringContaining('Press Enter in the terminal') })
  })

  it('comes back after the server was away, and says why it was gone', async () => {
    const { client, states } = open(server.server.newLink())
    await client.call('run.list', {})
    const underWay = client.call('system.report', {}).catch(String)
    const { port } = server
    await server.close()
    expect(await underWay).toContain('before the answer came: The server is ending.')
    await expect.poll(() => states.at(-1)).toEqual({ kind: 'connecting', reason: 'The server does not answer.' })
    server = await startTestServer({ port })
    // Another server, which has never seen this browser.
    await expect.poll(() => states.at(-1)?.kind).toBe('closed')
    expect(states).toContainEqual({ kind: 'connecting', reason: 'The server is ending.' })
  })

  it('connects again after a cut, and hears events on', async () => {
    const { client, sockets } = open(server.server.newLink())
    const kinds: string[] = []
    const heard: number[] = []
    client.onState(({ kind }) => kinds.push(kind))
    client.onEvent((event) => void (isRunEvent(event) && heard.push(event.seq)))
    await client.call('run.list', {})
    server.emit(someEvent(1))
    await expect.poll(() => heard).toEqual([1])
    sockets[0]!.close()
    await expect.poll(() => kinds).toEqual(['connecting', 'open', 'connecting', 'open'])
    await client.call('run.list', {})
    server.emit(someEvent(2))
    await expect.poll(() => heard).toEqual([1, 2])
  })

  it('is quiet after it was closed', async () => {
    const { client, states } = open(server.server.newLink())
    await client.call('run.list', {})
    client.close()
    expect(states.at(-1)).toEqual({ kind: 'closed', reason: 'The page closed the connection.' })
    await expect(client.call('run.list', {})).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => server.listeners()).toBe(0)
  })

  it('does not come back to a server that refuses to talk', async () => {
    let opened = 0
    const client = createAppClient(async () => {
      const [near, far] = createMemoryPair()
      opened += 1
      far.onMessage(() => far.send({ kind: 'refused', error: { code: 'unsupported', message: 'Another version.' } }))
      return near
    }, soon)
    const states: ConnectionState[] = []
    client.onState((state) => states.push(state))
    await expect(client.call('run.list', {})).rejects.toThrow('Another version.')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(states.at(-1)).toEqual({ kind: 'closed', reason: 'Another version.' })
    expect(opened).toBe(1)
  })
})

describe('in the desktop window', () => {
  it('goes over the bridge and asks nobody for a session', async () => {
    const [near, far] = createMemoryPair()
    const app = createFakeApp()
    app.serve(far)
    const unbackdoor: MessageBridge = {
      send: (message) => near.send(message),
      subscribe: (listener) => near.onMessage(listener),
    }
    const { page } = createBrowser('http://127.0.0.1:1/', { cookie: '' })
    const client = createAppClient(pickTransport({ ...page, unbackdoor }))
    const heard: number[] = []
    client.onEvent((event) => void (isRunEvent(event) && heard.push(event.seq)))
    expect((await client.call('run.list', {})).unreadable).toEqual(['notes'])
    app.emit(someEvent(7))
    await expect.poll(() => heard).toEqual([7])
    client.close()
  })
})
