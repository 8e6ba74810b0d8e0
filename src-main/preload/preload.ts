/** The bridge between page and main process. Everything that crosses it is named here; Electron itself never does. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import { BRIDGE_NAME, channels, type DesktopBridge, type FileAnswer } from '../../src-shared/desktop/bridge.js'

const ask = (channel: string, question: unknown): Promise<FileAnswer> => ipcRenderer.invoke(channel, question)

const bridge: DesktopBridge = Object.freeze({
  platform: process.platform,
  send(message: unknown) {
    ipcRenderer.send(channels.toMain, message)
  },
  subscribe(listener: (message: unknown) => void) {
    // The event object leads to `ipcRenderer`, so it stays on this side.
    const forward = (_event: IpcRendererEvent, message: unknown): void => listener(message)
    ipcRenderer.on(channels.toPage, forward)
    return () => {
      ipcRenderer.off(channels.toPage, forward)
    }
  },
  openFile: (kind) => ask(channels.openFile, { kind }),
  saveFile: (kind, suggestedName) => ask(channels.saveFile, { kind, suggestedName }),
  grantDroppedFile: (file) => ask(channels.grantDroppedFile, { path: webUtils.getPathForFile(file as File) }),
  allowNotifications(isAllowed) {
    ipcRenderer.send(channels.allowNotifications, isAllowed)
  },
} satisfies DesktopBridge)

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge)
