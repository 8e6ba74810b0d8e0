import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { isRunEvent } from '../../src-shared/contract/events.js'
import { channels } from '../../src-shared/desktop/bridge.js'
import { handleProtocols } from './app-protocol.js'
import { createDesk } from './desk.js'
import type { ElectronApi } from './electron-api.js'
import { createErrorLog } from './error-log.js'
import { createGrants } from './grants.js'
import { guardSession } from './guard-session.js'
import { createIpcGuard } from './ipc-guard.js'
import { menuTemplate } from './menu.js'
import { chooseWorkspace, openDesktopApp } from './open-desktop-app.js'
import { builtPaths, openWindow } from './open-window.js'
import { places } from './origin.js'
import { createPageConnections } from './page-connections.js'
import { createRunPresence } from './run-presence.js'
import { addShellVerbs, type FileDialogs } from './shell-verbs.js'

export interface Desktop {
  focus(): void
  /** Ends the engine and waits for what is still being written. */
  close(): Promise<void>
}

/** Puts the program together, once Electron is ready for it. */
export async function openDesktop(electron: ElectronApi, packageRoot: string): Promise<Desktop> {
  const { app, dialog, ipcMain, Menu, protocol, session, utilityProcess } = electron
  const errors = createErrorLog(join(app.getPath('logs'), 'errors.log'), () => new Date())
  const { log } = errors
  const workspace = chooseWorkspace({
    asked: app.commandLine.getSwitchValue('workspace'),
    environment: process.env,
    isPackaged: app.isPackaged,
    packageRoot,
    documents: app.getPath('documents'),
  })
  const grants = createGrants()
  const application = openDesktopApp({
    packageRoot,
    workspace,
    openGrant: (id) => grants.redeem(id, 'read'),
    fork: (entry, args, options) => utilityProcess.fork(entry, args, options),
    log,
  })
  const { preload, rendererFolder } = builtPaths(packageRoot)
  const connections = createPageConnections(application)
  let window: BrowserWindow | null = null
  let works: Promise<void> = Promise.resolve()

  const focus = (): void => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  }
  const goTo = (place: string): void => void window?.loadURL(place).catch(log)

  guardSession(session.defaultSession, { development: !app.isPackaged })
  handleProtocols(protocol, { rendererFolder, snapshot: application.handlers['run.snapshot'], grants, log })

  const ipc = createIpcGuard(ipcMain, connections.ids, log)
  ipc.on(channels.toMain, (pageId, message) => connections.receive(pageId, message))
  const dialogs: FileDialogs = {
    showOpenDialog: (options) => (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options)),
    showSaveDialog: (options) => (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options)),
  }
  const verbs = addShellVerbs(ipc, dialogs, grants)

  let mayNotify = true
  ipc.on(channels.allowNotifications, (_pageId, isAllowed) => {
    mayNotify = isAllowed !== false
  })
  const presence = createRunPresence(
    createDesk(
      electron,
      () => window,
      focus,
      () => mayNotify,
    ),
  )
  application.subscribe((event) => {
    if (isRunEvent(event)) presence.follow(event)
  })

  const openExperiment = async (): Promise<void> => {
    const file = await verbs.openFile('experiment')
    if (file !== null) goTo(places.openedExperiment(file.id))
  }
  const template = menuTemplate({
    development: !app.isPackaged,
    isMac: process.platform === 'darwin',
    actions: {
      newExperiment: () => goTo(places.newExperiment),
      openExperiment: () =>
        void openExperiment().catch((error: Error) => dialog.showErrorBox('The file was not opened', error.message)),
    },
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))

  window = await openWindow(electron, {
    preload,
    stateFile: join(app.getPath('userData'), 'window-state.json'),
    connections,
    isRunning: () => presence.isRunning(),
    keep: (work) => {
      works = Promise.all([works, work]).then(
        () => undefined,
        (error: unknown) => void log(error),
      )
    },
    log,
  })
  window.on('closed', () => {
    window = null
    grants.clear()
  })

  return {
    focus,
    async close() {
      await application.interrupt().catch((error: unknown) => void log(error))
      application.close()
      await works
      await errors.settled()
    },
  }
}
