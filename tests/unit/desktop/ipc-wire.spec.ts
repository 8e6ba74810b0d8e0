import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { AppEvent } from '../../../src-shared/contract/events.js'
import { createIpcGuard } from '../../../src-main/desktop/ipc-guard.js'
import { createPageConnections } from '../../../src-main/desktop/page-connections.js'
import { channels } from '../../../src-shared/desktop/bridge.js'
import { createDesktopTransport } from '../../../src-renderer/src/client/desktop-transport.js'
import { describeContract, someEvent } from '../../contract/suite.js'
import { connectTo } from '../../helpers/contract-client.js'
import { fakeHandlers } from '../../helpers/fake-app.js'
import { FakeContents, FakeIpcMain, senderOf } from '../../helpers/fake-electron.js'

/** The window's wire from end to end, with Electron's own part of it replaced by a queue. */
function openWire() {
  const ipcMain = new FakeIpcMain()
  const contents = new FakeContents(1)
  const toPage = new EventEmitter()
  const sendToFake = contents.send.bind(contents)
  contents.send = (channel, message) => {
    sendToFake(channel, message)
    queueMicrotask(() => toPage.emit(channel, structuredClone(message)))
  }
  const listeners = new Set<(event: AppEvent) => void>()
  let logged = 0
  const connections = createPageConnections({
    handlers: fakeHandlers,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    log: () => `logged-${++logged}`,
  })
  connections.attach(contents)
  createIpcGuard(ipcMain, connections.ids, () => 'x').on(channels.toMain, (id, message) =>
    connections.receive(id, message),
  )
  const openPage = () =>
    connectTo(
      createDesktopTransport({
        send: (message) => queueMicrotask(() => ipcMain.send(channels.toMain, senderOf(1), message)),
        subscribe(listener) {
          toPage.on(channels.toPage, listener)
          return () => toPage.off(channels.toPage, listener)
        },
      }),
    )
  return {
    openPage,
    contents,
    connections,
    listeners,
    emit: (event: AppEvent) => listeners.forEach((each) => each(event)),
  }
}

describeContract('the window', async () => {
  const wire = openWire()
  return { client: wire.openPage(), emit: wire.emit, close: async () => void wire.contents.emit('destroyed') }
})

describe('the wire of a window', () => {
  it('lets go of the application when the window is closed', async () => {
    const wire = openWire()
    await wire.openPage().call('run.list', {})
    expect(wire.listeners.size).toBe(1)
    wire.contents.isGone = true
    wire.contents.emit('destroyed')
    expect(wire.listeners.size).toBe(0)
    expect(wire.connections.ids.has(1)).toBe(false)
    const sent = wire.contents.sent.length
    wire.emit(someEvent(1))
    wire.connections.receive(1, { kind: 'hello', protocol: 1 })
    expect(wire.contents.sent).toHaveLength(sent)
  })

  it.each(['did-navigate', 'render-process-gone'])('starts afresh with the next document (%s)', async (event) => {
    const wire = openWire()
    await wire.openPage().call('run.list', {})
    wire.contents.emit(event)
    expect(wire.listeners.size).toBe(0)
    const again = await wire.openPage().call('run.list', {})
    expect(again.unreadable).toEqual(['notes'])
    expect(wire.listeners.size).toBe(1)
  })

  it('refuses a message beyond all measure in words, and takes the next connection', async () => {
    const wire = openWire()
    const client = wire.openPage()
    await client.call('run.list', {})
    await expect(client.call('run.start', { experiment: 'x'.repeat(5_000_000) })).rejects.toThrow('larger than 8 MiB')
    expect(wire.listeners.size).toBe(0)
    expect((await wire.openPage().call('run.list', {})).unreadable).toEqual(['notes'])
  })

  it('does not answer a call that comes before the hello', () => {
    const wire = openWire()
    wire.connections.receive(1, { kind: 'call', id: 0, name: 'run.list', input: {} })
    expect(wire.contents.sent).toMatchObject([{ message: { kind: 'refused' } }])
  })
})
