import type { Desktop } from './desktop.js'
import { test as appTest } from './app.js'
import type { OpenedHost } from './opened-host.js'

export { expect, openFinishedRun, runFromPalette } from './app.js'

/** The tests of what only the window has. They belong to the project `electron` alone. */
export const test = appTest.extend<{ desktop: Desktop }>({
  desktop: async ({ host }, use) => {
    if (!isDesktop(host)) throw new Error('This test is for the desktop window')
    await use(host)
  },
})

function isDesktop(host: OpenedHost): host is Desktop {
  return 'electronApp' in host
}
