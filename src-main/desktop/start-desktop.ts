import { appScheme } from './app-protocol.js'
import type { ElectronApi } from './electron-api.js'
import { createLinkOpener } from './external-links.js'
import { guardContents } from './guard-contents.js'
import { openDesktop, type Desktop } from './open-desktop.js'
import { whyRefuseToStart } from './refused-switches.js'

/** In the order that matters: nothing of the user's is touched before it is certain that this is the only instance. */
export async function startDesktop(electron: ElectronApi, packageRoot: string): Promise<void> {
  const { app, dialog, protocol, shell } = electron
  const refusal = whyRefuseToStart(app)
  if (refusal !== null) {
    dialog.showErrorBox('Unbackdoor cannot start', refusal)
    return app.exit(1)
  }
  // The first instance hears of it and comes to the front.
  if (!app.requestSingleInstanceLock()) return app.quit()

  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([appScheme])
  const openLink = createLinkOpener(shell, (error) => console.error(error))
  app.on('web-contents-created', (_event, contents) => guardContents(contents, openLink))

  let desktop: Desktop | null = null
  app.on('second-instance', () => desktop?.focus())
  // On every platform: without a window nobody could see or stop what the engine does.
  app.on('window-all-closed', () => app.quit())
  closeBeforeQuit(app, () => desktop?.close() ?? Promise.resolve())

  await app.whenReady()
  try {
    desktop = await openDesktop(electron, packageRoot)
  } catch (error) {
    dialog.showErrorBox('Unbackdoor cannot start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  }
}

interface Quitting {
  on(event: 'will-quit', listener: (event: { preventDefault(): void }) => void): unknown
  quit(): void
}

/** Holds the end back until everything is closed, then lets it happen. */
function closeBeforeQuit(app: Quitting, close: () => Promise<void>): void {
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void close().finally(() => {
      isClosed = true
      app.quit()
    })
  })
}
