import type { RecordedApp } from './recorded/recorded-app.js'

/** The window of the whole page, with what answers it: for the gallery around it, for tests, and at the console. */
export interface RecordedWindow extends Window {
  recordedApp?: RecordedApp
}
