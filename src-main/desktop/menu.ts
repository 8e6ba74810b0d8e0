import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  newExperiment(): void
  openExperiment(): void
}

export interface MenuOptions {
  /** Reloading and the developer's tools are for those who change the program. */
  readonly development: boolean
  readonly isMac: boolean
  readonly actions: MenuActions
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The menu as data. Wherever the system has a name for something, it is called by that role. */
export function menuTemplate({ development, isMac, actions }: MenuOptions): MenuItemConstructorOptions[] {
  const forDevelopment: MenuItemConstructorOptions[] = [{ role: 'reload' }, { role: 'toggleDevTools' }, separator]
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New experiment', accelerator: 'CmdOrCtrl+N', click: () => actions.newExperiment() },
        { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => actions.openExperiment() },
        separator,
        { role: 'close', label: 'Close' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        ...(development ? forDevelopment : []),
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'help', submenu: [{ role: 'about' }] },
  ]
}
