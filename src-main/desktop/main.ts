/** The desktop window: where the main process starts, and the only place in it that loads Electron. */
import { join } from 'node:path'
import electron from 'electron'
import { startDesktop } from './start-desktop.js'

// Built into `<packageRoot>/out/main`.
const packageRoot = join(import.meta.dirname, '..', '..')

// Not awaited: Electron gets ready only once this file has run to its end.
startDesktop(electron, packageRoot).catch((error: unknown) => {
  console.error(error)
  electron.app.exit(1)
})
