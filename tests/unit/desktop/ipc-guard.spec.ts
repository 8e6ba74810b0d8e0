import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createIpcGuard } from '../../../src-main/desktop/ipc-guard.js'
import { channels } from '../../../src-shared/desktop/bridge.js'
import { FakeIpcMain, senderOf } from '../../helpers/fake-electron.js'

describe('the door for messages', () => {
  let ipcMain = new FakeIpcMain()
  const logged: unknown[] = []
  const received: unknown[] = []
  beforeEach(() => {
    ipcMain = new FakeIpcMain()
    logged.length = 0
    received.length = 0
    const guard = createIpcGuard(ipcMain, new Set([1]), (error) => `logged-${logged.push(error)}`)
    guard.on(channels.toMain, (senderId, message) => received.push([senderId, message]))
    guard.handle(channels.openFile, z.strictObject({ kind: z.enum(['experiment']) }), async (question, senderId) => {
      received.push([senderId, question])
      if (senderId !== 1) throw new Error('unreachable')
      return { file: null }
    })
    guard.handle(channels.saveFile, z.unknown(), async () => {
      throw new Error('a bug')
    })
  })

  const forged = [
    ['a frame that is gone', { sender: { id: 1 }, senderFrame: null }],
    ['a frame inside the page', senderOf(1, { parent: {} })],
    ['another origin', senderOf(1, { origin: 'https://example.com', url: 'https://example.com/' })],
    ['an unknown window', senderOf(9)],
  ] as const

  it('lets the page in', async () => {
    ipcMain.send(channels.toMain, senderOf(1), 'hello')
    expect(await ipcMain.invoke(channels.openFile, senderOf(1), { kind: 'experiment' })).toEqual({ file: null })
    expect(received).toEqual([
      [1, 'hello'],
      [1, { kind: 'experiment' }],
    ])
  })

  it.each(forged)('keeps out %s', async (_name, sender) => {
    ipcMain.send(channels.toMain, sender, 'hello')
    const answer = await ipcMain.invoke(channels.openFile, sender, { kind: 'experiment' })
    expect(answer).toMatchObject({ error: { code: 'unsupported' } })
    expect(received).toEqual([])
    expect(logged).toHaveLength(1)
  })

  it('names the wrong field of a question, and asks nobody', async () => {
    const answer = await ipcMain.invoke(channels.openFile, senderOf(1), { kind: 'passwords' })
    expect(answer).toMatchObject({ error: { code: 'invalid-input', fields: [{ path: 'kind', value: '"passwords"' }] } })
    expect(received).toEqual([])
  })

  it('refuses a question that is too large before reading it', async () => {
    const answer = await ipcMain.invoke(channels.openFile, senderOf(1), { kind: 'x'.repeat(5_000_000) })
    expect(answer).toMatchObject({ error: { message: expect.stringContaining('8 MiB') } })
  })

  it('logs what was not meant for people and gives its id', async () => {
    const answer = await ipcMain.invoke(channels.saveFile, senderOf(1), {})
    expect(answer).toMatchObject({ error: { code: 'internal', hint: expect.stringContaining('logged-1') } })
  })
})
