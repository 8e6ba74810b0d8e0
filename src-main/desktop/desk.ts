import type { BrowserWindow } from 'electron'
import type { ElectronApi } from './electron-api.js'
import type { Desk } from './run-presence.js'

/** The desktop around the window: taskbar, notifications, sleep. Without a window there is nothing to show it on. */
export function createDesk(
  { Notification, powerSaveBlocker }: Pick<ElectronApi, 'Notification' | 'powerSaveBlocker'>,
  currentWindow: () => BrowserWindow | null,
  focus: () => void,
  mayNotify: () => boolean,
): Desk {
  return {
    // Anything below zero means that there is no bar.
    showProgress: (share) => currentWindow()?.setProgressBar(share ?? -1),
    keepAwake() {
      const id = powerSaveBlocker.start('prevent-app-suspension')
      return () => {
        powerSaveBlocker.stop(id)
      }
    },
    notify(title, body) {
      // Who looks at the window sees it there.
      if (!mayNotify() || currentWindow()?.isFocused() || !Notification.isSupported()) return
      const notification = new Notification({ title, body })
      notification.on('click', focus)
      notification.show()
    },
  }
}
