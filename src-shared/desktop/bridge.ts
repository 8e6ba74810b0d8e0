/**
 * What the page, the preload script and the main process agree on. Constants and types only: the preload script
 * carries all of it inside its one file.
 */
import type { WireError } from '../contract/errors.js'

/** The page finds the bridge as `window[BRIDGE_NAME]`. */
export const BRIDGE_NAME = 'unbackdoor'

export const channels = {
  toMain: 'unbackdoor:to-main',
  toPage: 'unbackdoor:to-page',
  openFile: 'unbackdoor:open-file',
  saveFile: 'unbackdoor:save-file',
  grantDroppedFile: 'unbackdoor:grant-dropped-file',
  allowNotifications: 'unbackdoor:allow-notifications',
} as const

export type OpenKind = 'experiment' | 'model' | 'trigger'
export type SaveKind = 'experiment' | 'table' | 'values' | 'image' | 'report' | 'weights' | 'events' | 'archive'

/**
 * A file that the user has chosen. The page never learns where it is: it reads or writes the file once, with GET or PUT
 * on `/granted/<id>` of its own origin.
 */
export interface GrantedFile {
  readonly id: string
  /** Its last part, for showing. */
  readonly name: string
}

/** `file` is null when the user chose none. */
export type FileAnswer = { readonly file: GrantedFile | null } | { readonly error: WireError }

/** The part of the browser's `File` that can be named where there is no browser. */
export interface DroppedFile {
  readonly name: string
  readonly size: number
}

/** All that the page gets from the window beyond what every browser has. */
export interface DesktopBridge {
  readonly platform: string
  send(message: unknown): void
  /** Returns the way out. */
  subscribe(listener: (message: unknown) => void): () => void
  openFile(kind: OpenKind): Promise<FileAnswer>
  saveFile(kind: SaveKind, suggestedName: string): Promise<FileAnswer>
  grantDroppedFile(file: DroppedFile): Promise<FileAnswer>
  /** Whether the end of a run may be told outside the window. The page says so when it opens and when it changes. */
  allowNotifications(isAllowed: boolean): void
}
