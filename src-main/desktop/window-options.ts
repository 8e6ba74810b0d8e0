import type { BrowserWindowConstructorOptions } from 'electron'
import type { WindowState } from './window-state.js'

export const MIN_WIDTH = 1024
export const MIN_HEIGHT = 640

export interface WindowLook {
  readonly preload: string
  readonly state: WindowState
  readonly dark: boolean
  readonly development: boolean
}

/** The one kind of window there is. What is not named here keeps Electron's own default, which is the safe one. */
export function windowOptions({ preload, state, dark, development }: WindowLook): BrowserWindowConstructorOptions {
  return {
    title: 'Unbackdoor',
    width: state.width,
    height: state.height,
    ...state.position,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    // Shown once there is something to see, on the page's own ground until then.
    show: false,
    backgroundColor: dark ? '#16181b' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
      devTools: development,
    },
  }
}
