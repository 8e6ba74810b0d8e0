import { readFile } from 'node:fs/promises'
import type { Browser } from '@playwright/test'
import { letIn } from '../../../scripts/served/connect.mjs'
import type { Served } from '../../../scripts/served/start-served.mjs'
import type { OpenedHost } from './opened-host.js'

/** The page in a browser, by the link that a person finds in the terminal. */
export async function openServed(browser: Browser, { link, origin }: Served): Promise<OpenedHost> {
  return openAt(browser, origin, link, null)
}

/** Another window of a server that has been entered before. */
export async function openServedAgain(
  browser: Browser,
  { origin, cookie }: { readonly origin: string; readonly cookie: string },
): Promise<OpenedHost> {
  return openAt(browser, origin, `${origin}/`, cookie)
}

/** Uses up the link; the cookie opens any number of windows. */
export function enter(served: Served): Promise<string> {
  return letIn(served)
}

async function openAt(browser: Browser, origin: string, address: string, cookie: string | null): Promise<OpenedHost> {
  const context = await browser.newContext()
  if (cookie !== null) {
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url: origin }])
  }
  const page = await context.newPage()
  return {
    page,
    origin,
    show: async () => void (await page.goto(address)),
    async saveFile(act) {
      const [download] = await Promise.all([page.waitForEvent('download'), act()])
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
    },
    close: () => context.close(),
  }
}
