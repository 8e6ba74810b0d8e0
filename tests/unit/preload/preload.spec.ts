import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { channels, type DesktopBridge } from '../../../src-shared/desktop/bridge.js'

const entry = join(import.meta.dirname, '..', '..', '..', 'src-main', 'preload', 'preload.ts')

/** Built by itself and in the form in which a sandboxed preload script must be: one file, CommonJS. */
async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      target: 'node24',
      lib: { entry, formats: ['cjs'], fileName: () => 'preload.cjs' },
      rollupOptions: { external: ['electron'] },
    },
  })
}

type Listener = (event: unknown, message: unknown) => void

describe('the preload script', () => {
  let folder = ''
  let code = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preload-'))
    await bundle(folder)
    code = await readFile(join(folder, 'preload.cjs'), 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true }))

  const sent: unknown[][] = []
  const required: string[] = []
  const exposed: [string, DesktopBridge][] = []
  const listeners = new Set<Listener>()
  const file = { name: 'mine.json', size: 3 }

  /** Everything that leads back to it is what must not reach the page. */
  const ipcRenderer = {
    send: (...args: unknown[]) => {
      sent.push(args)
      return ipcRenderer
    },
    invoke: async (...args: unknown[]) => {
      sent.push(args)
      return { file: null }
    },
    on(channel: string, listener: Listener) {
      expect(channel).toBe(channels.toPage)
      listeners.add(listener)
      return ipcRenderer
    },
    off(_channel: string, listener: Listener) {
      listeners.delete(listener)
      return ipcRenderer
    },
  }
  const fakes = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name: string, value: DesktopBridge) => void exposed.push([name, value]) },
    webUtils: { getPathForFile: (each: unknown) => (each === file ? '/somewhere/mine.json' : '') },
  }

  let bridge: DesktopBridge
  beforeEach(() => {
    for (const list of [sent, required, exposed]) list.length = 0
    listeners.clear()
    const require = (name: string): unknown => {
      required.push(name)
      if (name !== 'electron') throw new Error(`A sandboxed preload script cannot load ${name}`)
      return fakes
    }
    const module = { exports: {} }
    runInNewContext(code, { require, module, exports: module.exports, process: { platform: 'linux' } })
    bridge = exposed[0]?.[1] ?? expect.fail('nothing was exposed')
  })

  it('is one file of CommonJS that loads Electron and nothing else', async () => {
    expect(await readdir(folder)).toEqual(['preload.cjs'])
    expect(required).toEqual(['electron'])
    const loads = [...code.matchAll(/\b(?:require|import)\s*\(\s*([^)]*)\)/g)].map((match) => match[1])
    expect(loads.map((name) => name?.replace(/[`"]/g, "'"))).toEqual(["'electron'"])
    expect(code).not.toMatch(/^\s*(?:import|export)\s/m)
    expect(code.length).toBeLessThan(4_000)
  })

  it('exposes one frozen object with these keys and no others', () => {
    expect(exposed.map(([name]) => name)).toEqual(['unbackdoor'])
    expect(Object.isFrozen(bridge)).toBe(true)
    expect(Object.getOwnPropertySymbols(bridge)).toEqual([])
    const kinds = Object.entries(bridge).map(([key, value]) => `${key}: ${typeof value}`)
    expect(kinds.toSorted()).toEqual([
      'allowNotifications: function',
      'grantDroppedFile: function',
      'openFile: function',
      'platform: string',
      'saveFile: function',
      'send: function',
      'subscribe: function',
    ])
    expect(bridge.platform).toBe('linux')
  })

  it('sends on its own channels only', async () => {
    bridge.send({ kind: 'hello' })
    await bridge.openFile('experiment')
    await bridge.saveFile('table', 'a.csv')
    await bridge.grantDroppedFile(file)
    bridge.allowNotifications(false)
    expect(JSON.parse(JSON.stringify(sent))).toEqual([
      [channels.toMain, { kind: 'hello' }],
      [channels.openFile, { kind: 'experiment' }],
      [channels.saveFile, { kind: 'table', suggestedName: 'a.csv' }],
      [channels.grantDroppedFile, { path: '/somewhere/mine.json' }],
      [channels.allowNotifications, false],
    ])
  })

  it('keeps further arguments to itself', () => {
    const send = bridge.send as (...args: unknown[]) => void
    send('message', 'another-channel', { transfer: [] })
    expect(sent).toEqual([[channels.toMain, 'message']])
  })

  it('hands listeners the message alone, until they leave', () => {
    const heard: unknown[][] = []
    const leave = bridge.subscribe((...args: unknown[]) => void heard.push(args))
    const deliver = (message: unknown): void => listeners.forEach((listen) => listen({ sender: ipcRenderer }, message))
    deliver({ kind: 'event' })
    leave()
    leave()
    deliver({ kind: 'event' })
    expect(heard).toEqual([[{ kind: 'event' }]])
    expect(listeners.size).toBe(0)
  })

  it('lets nothing of Electron out, neither as a result nor through what it exposes', async () => {
    const results = [
      bridge.send('x'),
      bridge.subscribe(() => undefined)(),
      await bridge.openFile('model'),
      await bridge.saveFile('image', 'a.png'),
      await bridge.grantDroppedFile(file),
    ]
    expect(JSON.parse(JSON.stringify(results))).toEqual([null, null, { file: null }, { file: null }, { file: null }])
    expect(results.slice(0, 2)).toEqual([undefined, undefined])
    for (const value of Object.values(bridge)) {
      expect(Object.values(fakes)).not.toContain(value)
      expect(Object.values(ipcRenderer)).not.toContain(value)
      expect(Object.keys(value)).toEqual(typeof value === 'string' ? Object.keys('linux') : [])
    }
  })
})
