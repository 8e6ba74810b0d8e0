import { isOwnAddress } from './origin.js'

interface Refusable {
  preventDefault(): void
}
type Navigation = 'will-navigate' | 'will-frame-navigate' | 'will-redirect'

/** The part of Electron's web contents that decides where a page may go. */
export interface GuardedContents {
  on(event: Navigation, listener: (event: Refusable & { readonly url: string }) => void): unknown
  on(event: 'will-attach-webview', listener: (event: Refusable) => void): unknown
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void
}

/** Keeps a page, and whatever it may try to load, inside the application. */
export function guardContents(contents: GuardedContents, openLink: (address: string) => void): void {
  const stayInside = (event: Refusable & { readonly url: string }): void => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stayInside)
  contents.on('will-frame-navigate', stayInside)
  contents.on('will-redirect', stayInside)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
}
