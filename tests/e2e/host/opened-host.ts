import type { Page } from '@playwright/test'

export interface SavedFile {
  /** As the page suggested it. */
  readonly name: string
  readonly bytes: Buffer
}

/** The page in one of its two homes: a browser, or the desktop window. */
export interface OpenedHost {
  readonly page: Page
  readonly origin: string
  /** Brings the page to its first place. */
  show(): Promise<void>
  /** Lets the page save a file, wherever files go here. */
  saveFile(act: () => Promise<void>): Promise<SavedFile>
  close(): Promise<void>
}
