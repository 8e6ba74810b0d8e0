import { EventEmitter } from 'node:events'
import type { MenuItemConstructorOptions } from 'electron'
import type { ElectronApi } from '../../src-main/desktop/electron-api.js'
import { FakeContents, FakeIpcMain, FakeProtocol, FakeSession } from './fake-electron.js'
import { FakeEngineProcess } from './fake-electron-process.js'

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeContents
  readonly loaded: string[] = []
  isShown = false
  focusCount = 0
  progress: number | null = null
  constructor(
    readonly options: unknown,
    id: number,
  ) {
    super()
    this.webContents = new FakeContents(id)
  }
  async loadURL(address: string): Promise<void> {
    this.loaded.push(address)
  }
  show(): void {
    this.isShown = true
  }
  focus(): void {
    this.focusCount++
  }
  maximize(): void {}
  restore(): void {}
  close(): void {
    this.emit('close', { preventDefault: () => undefined })
    this.webContents.emit('destroyed')
    this.emit('closed')
  }
  isMinimized = (): boolean => false
  isMaximized = (): boolean => false
  isFocused = (): boolean => false
  getNormalBounds = () => ({ x: 10, y: 20, width: 1200, height: 800 })
  setProgressBar(share: number): void {
    this.progress = share
  }
}

export interface FakeElectronOptions {
  readonly userData: string
  readonly switches?: Readonly<Record<string, string>>
  readonly isPackaged?: boolean
  readonly isFirstInstance?: boolean
}

/** As much of Electron as the main process uses, with a record of what was asked of it and in which order. */
export function createFakeElectron(options: FakeElectronOptions) {
  const { userData, switches = {}, isPackaged = false, isFirstInstance = true } = options
  const calls: string[] = []
  const windows: FakeWindow[] = []
  const engines: FakeEngineProcess[] = []
  const errorBoxes: string[] = []
  const notifications: { title: string; body: string }[] = []
  const ipcMain = new FakeIpcMain()
  const defaultSession = new FakeSession()
  const protocol = new FakeProtocol()
  const chosen: { path: string | null } = { path: null }
  let menu: MenuItemConstructorOptions[] = []

  const app = Object.assign(new EventEmitter(), {
    isPackaged,
    commandLine: {
      hasSwitch: (name: string) => Object.hasOwn(switches, name),
      getSwitchValue: (name: string) => switches[name] ?? '',
    },
    getPath(name: string) {
      calls.push(`getPath ${name}`)
      return userData
    },
    requestSingleInstanceLock() {
      calls.push('lock')
      return isFirstInstance
    },
    enableSandbox: () => void calls.push('enableSandbox'),
    whenReady: async () => void calls.push('ready'),
    quit: () => void calls.push('quit'),
    exit: (code: number) => void calls.push(`exit ${code}`),
  })

  class Notification extends EventEmitter {
    static isSupported = (): boolean => true
    constructor(readonly words: { title: string; body: string }) {
      super()
    }
    show(): void {
      notifications.push(this.words)
    }
  }

  class BrowserWindow extends FakeWindow {
    constructor(windowOptions: unknown) {
      super(windowOptions, windows.length + 1)
      windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
  }

  const api = {
    app,
    BrowserWindow,
    Notification,
    ipcMain,
    protocol: Object.assign(protocol, {
      registerSchemesAsPrivileged(schemes: unknown[]) {
        calls.push('registerSchemes')
        protocol.schemes.push(...schemes)
      },
    }),
    session: { defaultSession },
    shell: { openExternal: async (address: string) => void calls.push(`openExternal ${address}`) },
    nativeTheme: { shouldUseDarkColors: true },
    powerSaveBlocker: { start: () => 7, stop: () => true },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    dialog: {
      showErrorBox: (title: string, text: string) => void errorBoxes.push(`${title}: ${text}`),
      showMessageBox: async () => ({ response: 0 }),
      showMessageBoxSync: () => 0,
      showOpenDialog: async () => ({
        canceled: chosen.path === null,
        filePaths: chosen.path === null ? [] : [chosen.path],
      }),
      showSaveDialog: async () => ({ canceled: chosen.path === null, filePath: chosen.path ?? '' }),
    },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => void (menu = template),
    },
    utilityProcess: {
      fork(entry: string, args: string[]) {
        const engine = new FakeEngineProcess(entry, args)
        engines.push(engine)
        return engine
      },
    },
  }

  return {
    // The one place where the fakes are taken for the real thing.
    electron: api as unknown as ElectronApi,
    app,
    calls,
    windows,
    engines,
    errorBoxes,
    notifications,
    ipcMain,
    protocol,
    session: defaultSession,
    chosen,
    menu: () => menu,
  }
}
