import type { MessageBridge } from './desktop-bridge.js'
import { createDesktopTransport } from './desktop-transport.js'
import { openHttpTransport } from './http-transport.js'
import type { OpenTransport } from './keep-connected.js'
import { createSession, takeToken } from './session.js'

/** What is needed of `window`. */
export type Page = Parameters<typeof takeToken>[0] & {
  readonly unbackdoor?: MessageBridge
  readonly location: { readonly origin: string }
  readonly fetch: typeof fetch
  readonly WebSocket: new (url: string) => WebSocket
}

/**
 * The wire to the application: the window's own if the page is in one, else a socket to the server it came from. To be
 * called before anything else reads the address, because the address may hold the token.
 */
export function pickTransport(page: Page): OpenTransport {
  const { unbackdoor } = page
  if (unbackdoor !== undefined) return async () => createDesktopTransport(unbackdoor)
  const { origin } = page.location
  const letIn = createSession(origin, takeToken(page), (input, init) => page.fetch(input, init))
  return async () => {
    await letIn()
    return openHttpTransport(new page.WebSocket(`${origin.replace(/^http/, 'ws')}/rpc`))
  }
}
