/** What the desktop window puts into the page as `window.unbackdoor`: a pipe to the application, and nothing else. */
export interface DesktopBridge {
  send(message: unknown): void
  /** Returns the way out. */
  subscribe(listener: (message: unknown) => void): () => void
}

declare global {
  interface Window {
    readonly unbackdoor?: DesktopBridge
  }
}
