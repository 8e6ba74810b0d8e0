import type { Rectangle } from 'electron'
import type { WindowState } from './window-state.js'

/** A window that is being dragged reports many places; only where it rests is worth writing down. */
const REST_MS = 500

type Change = 'resize' | 'move' | 'maximize' | 'unmaximize'

export interface PlacedWindow {
  on(event: Change | 'close', listener: () => void): unknown
  getNormalBounds(): Rectangle
  isMaximized(): boolean
}

/** Has the window's place saved whenever it has come to rest, and at its end. */
export function keepWindowState(window: PlacedWindow, save: (state: WindowState) => void): void {
  let timer: NodeJS.Timeout | undefined
  const saveNow = (): void => {
    clearTimeout(timer)
    const { x, y, width, height } = window.getNormalBounds()
    save({ width, height, position: { x, y }, isMaximized: window.isMaximized() })
  }
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(saveNow, REST_MS)
  }
  const changes: readonly Change[] = ['resize', 'move', 'maximize', 'unmaximize']
  for (const change of changes) window.on(change, saveSoon)
  window.on('close', saveNow)
}
