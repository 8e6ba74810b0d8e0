import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chooseWorkspace } from '../../../src-main/desktop/open-desktop-app.js'
import { places } from '../../../src-main/desktop/origin.js'
import { startDesktop } from '../../../src-main/desktop/start-desktop.js'
import { channels } from '../../../src-shared/desktop/bridge.js'
import { createFakeElectron, type FakeElectronOptions } from '../../helpers/fake-electron-app.js'
import { fakeEvent, senderOf } from '../../helpers/fake-electron.js'

const packageRoot = join(import.meta.dirname, '..', '..', '..')

describe('starting the desktop', () => {
  let userData = ''
  beforeEach(async () => {
    userData = await mkdtemp(join(tmpdir(), 'desktop-'))
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await rm(userData, { recursive: true })
  })

  const start = async (options: Partial<FakeElectronOptions> = {}) => {
    const fake = createFakeElectron({ userData, ...options, switches: { workspace: userData, ...options.switches } })
    await startDesktop(fake.electron, packageRoot)
    return fake
  }

  it('takes the lock first, shuts pages in before Electron is ready, and only then looks at folders', async () => {
    const { calls } = await start()
    expect(calls.slice(0, 4)).toEqual(['lock', 'enableSandbox', 'registerSchemes', 'ready'])
    expect(calls.findIndex((call) => call.startsWith('getPath'))).toBeGreaterThan(calls.indexOf('ready'))
  })

  it('leaves to the first instance what was meant for it', async () => {
    const { calls, windows } = await start({ isFirstInstance: false })
    expect(calls).toEqual(['lock', 'quit'])
    expect(windows).toEqual([])
  })

  it('does not start without its walls once installed', async () => {
    const { calls, errorBoxes } = await start({ isPackaged: true, switches: { 'no-sandbox': '' } })
    expect(calls).toEqual(['exit 1'])
    expect(errorBoxes[0]).toContain('--no-sandbox')
  })

  it('shows the page in a guarded window that appears when there is something to see', async () => {
    const { windows } = await start()
    const [window] = windows
    expect(windows).toHaveLength(1)
    expect(window?.loaded).toEqual([places.home])
    expect(window?.isShown).toBe(false)
    window?.emit('ready-to-show')
    expect(window?.isShown).toBe(true)
    const event = fakeEvent({ url: 'https://example.com/' })
    window?.webContents.emit('will-navigate', event)
    expect(event.isPrevented).toBe(true)
  })

  it('sends links to papers to the browser', async () => {
    const { windows, calls } = await start()
    windows[0]?.webContents.windowOpenHandler?.({ url: 'https://arxiv.org/abs/1712.05526' })
    expect(calls).toContain('openExternal https://arxiv.org/abs/1712.05526')
  })

  it('guards the session and serves the page under its own scheme', async () => {
    const { session, protocol } = await start()
    expect(session.filter).not.toBeNull()
    expect(session.checkPermission?.(null, 'media', 'app://unbackdoor')).toBe(false)
    expect([...protocol.handlers.keys()]).toEqual(['app', 'file'])
    expect(protocol.schemes).toMatchObject([{ scheme: 'app' }])
  })

  it('answers the page, over an engine that starts with the first need of it', async () => {
    const { ipcMain, windows, engines } = await start()
    ipcMain.send(channels.toMain, senderOf(1), { kind: 'hello', protocol: 1 })
    ipcMain.send(channels.toMain, senderOf(1), { kind: 'call', id: 0, name: 'run.list', input: {} })
    await expect
      .poll(() => windows[0]?.webContents.sent)
      .toEqual([
        {
          channel: channels.toPage,
          message: { kind: 'result', id: 0, output: { runs: [], total: 0, unreadable: [], newer: [] } },
        },
      ])
    expect(engines).toHaveLength(0)
    ipcMain.send(channels.toMain, senderOf(1), { kind: 'call', id: 1, name: 'catalogue.list', input: {} })
    await expect.poll(() => engines.length).toBe(1)
    expect(engines[0]?.entry).toBe(join(packageRoot, 'out', 'main', 'engine.js'))
  })

  it('comes to the front when it is started a second time', async () => {
    const { app, windows } = await start()
    app.emit('second-instance', {}, [], '')
    expect(windows[0]?.focusCount).toBe(1)
  })

  it('opens from the menu what the user has chosen, under a name that says nothing', async () => {
    const { menu, windows, chosen } = await start()
    const file = menu()[0]?.submenu as { label?: string; click?: () => void }[]
    const click = (label: string) => file.find((item) => item.label === label)?.click?.()
    click('New experiment')
    chosen.path = '/somewhere/mine.json'
    click('Open…')
    await expect.poll(() => windows[0]?.loaded.length).toBe(3)
    expect(windows[0]?.loaded[1]).toBe(places.newExperiment)
    expect(windows[0]?.loaded[2]).toMatch(/^app:\/\/unbackdoor\/#\/compose\?open=[0-9a-f-]{36}$/)
  })

  it('says so when the chosen file is of no use', async () => {
    const { menu, chosen, errorBoxes } = await start()
    chosen.path = '/somewhere/mine.exe'
    const file = menu()[0]?.submenu as { label?: string; click?: () => void }[]
    file.find((item) => item.label === 'Open…')?.click?.()
    await expect.poll(() => errorBoxes[0]).toContain('.json')
  })

  it('ends the engine and writes everything down before it quits', async () => {
    const { app, calls, ipcMain, windows, engines } = await start()
    ipcMain.send(channels.toMain, senderOf(1), { kind: 'hello', protocol: 1 })
    ipcMain.send(channels.toMain, senderOf(1), { kind: 'call', id: 0, name: 'catalogue.list', input: {} })
    await expect.poll(() => engines.length).toBe(1)
    // Killed by number, which must not be one that some other process has.
    engines[0]!.pid = undefined
    windows[0]?.close()
    app.emit('window-all-closed')
    const first = fakeEvent({})
    app.emit('will-quit', first)
    expect(first.isPrevented).toBe(true)
    await expect.poll(() => calls.filter((call) => call === 'quit').length).toBe(2)
    const second = fakeEvent({})
    app.emit('will-quit', second)
    expect(second.isPrevented).toBe(false)
    expect(engines[0]?.kills).toBeGreaterThan(0)
    expect(JSON.parse(await readFile(join(userData, 'window-state.json'), 'utf8'))).toMatchObject({ width: 1200 })
  })

  it('says why when it cannot start', async () => {
    const fake = createFakeElectron({ userData })
    await startDesktop(fake.electron, join(userData, 'nowhere'))
    expect(fake.errorBoxes[0]).toContain('package.json')
    expect(fake.calls.at(-1)).toBe('exit 1')
  })
})

describe('chooseWorkspace', () => {
  const hints = {
    asked: '',
    environment: {},
    isPackaged: false,
    packageRoot: '/clone',
    documents: '/somewhere/Documents',
  }

  it.each([
    ['what was asked for', { asked: '/a', environment: { UNBACKDOOR_WORKSPACE: '/b' } }, '/a'],
    ['what the environment names', { environment: { UNBACKDOOR_WORKSPACE: '/b' } }, '/b'],
    ['the folder that the command line uses in a clone', {}, join('/clone', 'workspace')],
    [
      "a folder among the user's documents once installed",
      { isPackaged: true },
      join('/somewhere/Documents', 'Unbackdoor'),
    ],
  ])('takes %s', (_name, changes, expected) => {
    expect(chooseWorkspace({ ...hints, ...changes })).toBe(expected)
  })
})
