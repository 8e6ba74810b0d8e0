import { expect, test as base, type Browser, type Page } from '@playwright/test'
import { startServed } from '../../../scripts/served/start-served.mjs'
import { launchDesktop } from './desktop.js'
import { findElectron } from './find-electron.js'
import type { OpenedHost, SavedFile } from './opened-host.js'
import { emptyWorkspace } from './prepared.js'
import { openServed, openServedAgain } from './served.js'
import { createShared, type Shared } from './shared.js'
import { watch } from './watch.js'

/** The program as a person has it before them, in whichever host. */
export interface WorkbenchApp {
  readonly page: Page
  /** The folder that holds the runs. */
  readonly workspace: string
  /** Shows the page and waits until it can be used. */
  open(): Promise<Page>
  /** Goes to a place of the page, such as `#/runs`. */
  goTo(place: string): Promise<void>
  /** Gives an experiment to the form. */
  openFile(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void>
  /** What `act` makes the page save. */
  saveFile(act: () => Promise<void>): Promise<SavedFile>
}

interface Options {
  /**
   * `empty`: a workspace of its own. `prepared`: one that is shared, with one finished run in it, for tests that start
   * nothing.
   */
  readonly workspace: 'empty' | 'prepared'
}

interface Fixtures {
  readonly electron: string | null
  readonly host: OpenedHost & { readonly workspace: string }
  readonly app: WorkbenchApp
}

interface WorkerFixtures {
  /** Where the page lives: set by the project. */
  readonly hostKind: 'served' | 'desktop'
  readonly chromium: Browser | null
  readonly shared: Shared
}

/**
 * The real program with the real engine, in a browser or in the desktop window: the same tests for both. A test fails on
 * anything that a person would find in the console: errors, refusals of the content policy, requests to other places.
 */
export const test = base.extend<Fixtures & Options, WorkerFixtures>({
  hostKind: ['served', { scope: 'worker', option: true }],
  workspace: ['empty', { option: true }],

  // Not Playwright's own `browser`, which would be started for the window as well, and may not be there.
  chromium: [
    async ({ hostKind, playwright, launchOptions }, use) => {
      const browser = hostKind === 'served' ? await playwright.chromium.launch(launchOptions) : null
      await use(browser)
      await browser?.close()
    },
    { scope: 'worker' },
  ],
  shared: [
    async ({ hostKind: _anywhere }, use) => {
      const shared = createShared()
      await use(shared)
      await shared.end()
    },
    { scope: 'worker' },
  ],

  // Before everything else, so that nothing is made for a test that is left out.
  electron: [
    async ({ hostKind }, use, info) => {
      const found = hostKind === 'desktop' ? findElectron() : null
      if (found !== null && 'reason' in found) info.skip(true, found.reason)
      await use(found !== null && 'binary' in found ? found.binary : null)
    },
    { auto: true },
  ],
  host: async ({ electron, chromium, shared, workspace: kind }, use) => {
    const ends: (() => Promise<void>)[] = []
    const folderOf = async (): Promise<string> => {
      if (kind === 'prepared') return (await shared.prepared()).folder
      const own = await emptyWorkspace()
      ends.unshift(own.remove)
      return own.folder
    }
    const open = async (folder: string): Promise<OpenedHost> => {
      if (electron !== null) {
        const userData = await emptyWorkspace()
        ends.unshift(userData.remove)
        return launchDesktop({ binary: electron, workspace: folder, userData: userData.folder })
      }
      if (chromium === null) throw new Error('There is neither a browser nor a window')
      if (kind === 'prepared') return openServedAgain(chromium, await shared.server())
      const served = await startServed(folder)
      ends.unshift(served.end)
      return openServed(chromium, served)
    }

    const folder = await folderOf()
    const host = await open(folder)
    const problems = watch(host.page, host.origin)
    await use({ ...host, workspace: folder })
    // Before the server ends: that the page then misses it is no problem of the page.
    const found = [...problems]
    await host.close()
    for (const end of ends) await end()
    expect(found, 'errors, policy violations or foreign requests').toEqual([])
  },

  page: async ({ host }, use) => use(host.page),
  app: async ({ host }, use) => {
    const { page } = host
    await use({
      page,
      workspace: host.workspace,
      async open() {
        await host.show()
        await expect(page.getByText('Connected', { exact: true })).toBeVisible()
        return page
      },
      goTo: (place) =>
        page.evaluate((hash) => {
          location.hash = hash
        }, place),
      openFile: (file) => page.locator('#experiment-file').setInputFiles(file),
      saveFile: (act) => host.saveFile(act),
    })
  },
})

export { expect }

/** Starts an experiment by the name that the palette gives it. */
export async function runFromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find an action or a run' }).fill(words)
  await expect(page.getByRole('option').first()).toContainText('Run experiment')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/runs\/\d{8}-/)
}

/** Shows the finished run of the prepared workspace. */
export async function openFinishedRun({ app, shared }: { app: WorkbenchApp; shared: Shared }): Promise<void> {
  await app.open()
  const { runId } = await shared.prepared()
  await app.goTo(`#/runs/${runId}`)
  await expect(app.page.getByRole('main').getByText('Done', { exact: true })).toBeVisible()
}
