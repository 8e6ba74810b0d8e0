import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import type { ElectronApi } from './electron-api.js'
import { keepWindowState } from './keep-window-state.js'
import { places } from './origin.js'
import type { PageConnections } from './page-connections.js'
import { confirmClose, offerReload, type MessageBoxes } from './watch-window.js'
import { windowOptions } from './window-options.js'
import { fitToScreens, readWindowState, saveWindowState } from './window-state.js'

export interface WindowParts {
  readonly preload: string
  readonly stateFile: string
  readonly connections: PageConnections
  readonly isRunning: () => boolean
  /** Kept until the program ends, so that nothing that was begun is lost. */
  readonly keep: (work: Promise<void>) => void
  readonly log: (error: unknown) => string
}

/** Opens the window and everything that belongs to it; the page comes last, when all of that is in place. */
export async function openWindow(electron: ElectronApi, parts: WindowParts): Promise<BrowserWindow> {
  const { app, BrowserWindow, dialog, nativeTheme, screen } = electron
  const { preload, stateFile, connections, isRunning, keep, log } = parts
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
  const state = fitToScreens(await readWindowState(stateFile, log), areas)
  const dark = nativeTheme.shouldUseDarkColors
  const window = new BrowserWindow(windowOptions({ preload, state, dark, development: !app.isPackaged }))
  connections.attach(window.webContents)

  const boxes: MessageBoxes = {
    show: async (options) => (await dialog.showMessageBox(window, options)).response,
    showAndWait: (options) => dialog.showMessageBoxSync(window, options),
  }
  offerReload(window, boxes, log)
  confirmClose(window, boxes, isRunning)
  keepWindowState(window, (changed) => keep(saveWindowState(stateFile, changed)))
  window.once('ready-to-show', () => {
    if (state.isMaximized) window.maximize()
    window.show()
  })
  window.loadURL(places.home).catch(log)
  return window
}

/** Where the build puts the page and its bridge. */
export function builtPaths(packageRoot: string): { readonly preload: string; readonly rendererFolder: string } {
  return {
    preload: join(packageRoot, 'out', 'preload', 'preload.cjs'),
    rendererFolder: join(packageRoot, 'out', 'renderer'),
  }
}
