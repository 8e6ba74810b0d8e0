import type { MessageBoxOptions } from 'electron'

interface Refusable {
  preventDefault(): void
}

export interface WatchedWindow {
  on(event: 'close', listener: (event: Refusable) => void): unknown
  close(): void
  readonly webContents: {
    on(event: 'render-process-gone', listener: (event: unknown, details: { readonly reason: string }) => void): unknown
    reload(): void
  }
}

/** Electron's message boxes, already bound to the window that they belong to. Each answers with a button's number. */
export interface MessageBoxes {
  show(options: MessageBoxOptions): Promise<number>
  /** Waits for the answer: there is no other way to decide over an event in progress. */
  showAndWait(options: MessageBoxOptions): number
}

const YES = 0

/** Runs live outside the page, so a crash of the page costs nothing but a reload. */
export function offerReload(window: WatchedWindow, boxes: MessageBoxes, log: (error: unknown) => void): void {
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    const question: MessageBoxOptions = {
      type: 'error',
      message: 'The page stopped unexpectedly',
      detail: `What the system says: ${reason}. Runs are not affected and go on.`,
      buttons: ['Reload', 'Close window'],
      defaultId: YES,
      cancelId: YES,
    }
    boxes
      .show(question)
      .then((answer) => (answer === YES ? window.webContents.reload() : window.close()))
      .catch(log)
  })
}

/** The last window takes the engine along, and with it a run that may have taken hours. */
export function confirmClose(window: WatchedWindow, boxes: MessageBoxes, isRunning: () => boolean): void {
  window.on('close', (event) => {
    if (!isRunning()) return
    const answer = boxes.showAndWait({
      type: 'question',
      message: 'Stop the run and close?',
      detail: 'A run is in progress. What it has saved so far stays in its folder.',
      buttons: ['Stop and close', 'Keep running'],
      defaultId: 1,
      cancelId: 1,
    })
    if (answer !== YES) event.preventDefault()
  })
}
