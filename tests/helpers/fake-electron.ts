import { EventEmitter } from 'node:events'
import type { IpcMainLike } from '../../src-main/desktop/ipc-guard.js'
import { APP_ORIGIN } from '../../src-main/desktop/origin.js'
import type { Sender } from '../../src-main/desktop/trusted-sender.js'

/** Electron's event objects, as far as anyone here asks them. */
export function fakeEvent<T extends object>(fields: T): T & { isPrevented: boolean; preventDefault(): void } {
  return {
    ...fields,
    isPrevented: false,
    preventDefault() {
      this.isPrevented = true
    },
  }
}

export class FakeContents extends EventEmitter {
  readonly sent: { readonly channel: string; readonly message: unknown }[] = []
  windowOpenHandler: ((details: { url: string }) => { action: 'deny' }) | null = null
  isGone = false
  reloads = 0
  constructor(readonly id = 1) {
    super()
  }
  isDestroyed(): boolean {
    return this.isGone
  }
  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message: structuredClone(message) })
  }
  reload(): void {
    this.reloads++
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void {
    this.windowOpenHandler = handler
  }
}

/** A message that the page itself sends from the window with this id, unless told otherwise. */
export function senderOf(id: number, frame: Partial<NonNullable<Sender['senderFrame']>> = {}): Sender {
  return { sender: { id }, senderFrame: { parent: null, origin: APP_ORIGIN, url: `${APP_ORIGIN}/`, ...frame } }
}

export class FakeIpcMain implements IpcMainLike {
  readonly listeners = new Map<string, (event: Sender, message: unknown) => void>()
  readonly handlers = new Map<string, (event: Sender, question: unknown) => unknown>()
  on(channel: string, listener: (event: Sender, message: unknown) => void): void {
    this.listeners.set(channel, listener)
  }
  handle(channel: string, handler: (event: Sender, question: unknown) => unknown): void {
    this.handlers.set(channel, handler)
  }
  send(channel: string, event: Sender, message: unknown): void {
    this.listeners.get(channel)?.(event, structuredClone(message))
  }
  async invoke(channel: string, event: Sender, question: unknown): Promise<unknown> {
    return this.handlers.get(channel)?.(event, structuredClone(question))
  }
}

type PermissionRequest = (
  contents: unknown,
  permission: string,
  callback: (isGranted: boolean) => void,
  details: { requestingUrl: string },
) => void
type RequestFilter = (details: { url: string }, callback: (response: { cancel: boolean }) => void) => void

export class FakeSession {
  requestPermission: PermissionRequest | null = null
  checkPermission: ((contents: unknown, permission: string, origin: string) => boolean) | null = null
  checkDevice: (() => boolean) | null = null
  filter: RequestFilter | null = null
  isSpellChecking = true
  readonly webRequest = {
    onBeforeRequest: (filter: RequestFilter): void => {
      this.filter = filter
    },
  }
  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.requestPermission = handler
  }
  setPermissionCheckHandler(handler: (contents: unknown, permission: string, origin: string) => boolean): void {
    this.checkPermission = handler
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.checkDevice = handler
  }
  setSpellCheckerEnabled(isEnabled: boolean): void {
    this.isSpellChecking = isEnabled
  }
}

export class FakeProtocol {
  readonly schemes: unknown[] = []
  readonly handlers = new Map<string, (request: Request) => Response | Promise<Response>>()
  registerSchemesAsPrivileged(schemes: unknown[]): void {
    this.schemes.push(...schemes)
  }
  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    this.handlers.set(scheme, handler)
  }
  async fetch(address: string, init?: RequestInit): Promise<Response> {
    const handler = this.handlers.get(new URL(address).protocol.slice(0, -1))
    if (handler === undefined) throw new Error(`Nobody handles ${address}`)
    return handler(new Request(address, init))
  }
}
