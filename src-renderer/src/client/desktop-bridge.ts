import type { DesktopBridge } from '../../../src-shared/desktop/bridge.js'

/** What the desktop window puts into the page, and a browser does not have. */
declare global {
  interface Window {
    readonly unbackdoor?: DesktopBridge
  }
}

/** The part of it that carries messages. */
export type MessageBridge = Pick<DesktopBridge, 'send' | 'subscribe'>
