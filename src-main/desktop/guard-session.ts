import { APP_ORIGIN, isOwnAddress } from './origin.js'

/** The part of Electron's session that decides what a page is allowed and what it may load. */
export interface GuardedSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (isGranted: boolean) => void,
      details: { readonly requestingUrl: string },
    ) => void,
  ): void
  setPermissionCheckHandler(handler: (contents: unknown, permission: string, origin: string) => boolean): void
  setDevicePermissionHandler(handler: () => boolean): void
  setSpellCheckerEnabled(enable: boolean): void
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, callback: (response: { cancel: boolean }) => void) => void,
    ): void
  }
}

/** Denies everything that the program does not use, and every request that would leave it. */
export function guardSession(session: GuardedSession, { development }: { readonly development: boolean }): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl }) =>
    callback(isAllowedPermission(permission, requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowedPermission(permission, origin))
  session.setDevicePermissionHandler(() => false)
  // The spelling checker would fetch its dictionaries from the network.
  session.setSpellCheckerEnabled(false)
  session.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: !isAllowedRequest(url, development) }))
}

/** "Copy" buttons write to the clipboard. Nothing else is asked for. */
function isAllowedPermission(permission: string, origin: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOwnAddress(origin)
}

function isAllowedRequest(address: string, development: boolean): boolean {
  if (isOwnAddress(address)) return true
  // Bytes that the page itself holds in memory, under its own origin.
  if (address.startsWith(`blob:${APP_ORIGIN}/`)) return true
  return development && URL.canParse(address) && new URL(address).protocol === 'devtools:'
}
