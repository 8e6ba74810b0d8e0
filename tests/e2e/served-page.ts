import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { startServed } from '../../scripts/served/start-served.mjs'

export interface Served {
  /** Opens the page with a link of its own, as from the terminal. */
  open(): Promise<Page>
}

/**
 * The real served application with an empty workspace of its own, and a page in it. A test fails on anything that a
 * person would find in the console: errors, refusals of the content policy, requests to other places.
 */
export const test = base.extend<{ served: Served }>({
  served: async ({ page }, use) => {
    const workspace = await mkdtemp(join(tmpdir(), 'unbackdoor-e2e-'))
    const { link, origin, end } = await startServed(workspace)
    const problems = watch(page, origin)
    await use({
      async open() {
        await page.goto(link)
        await expect(page.getByText('Connected', { exact: true })).toBeVisible()
        return page
      },
    })
    // Before the server ends: that the page then misses it is no problem of the page.
    const found = [...problems]
    await end()
    await rm(workspace, { recursive: true, force: true })
    expect(found, 'errors, policy violations or foreign requests').toEqual([])
  },
})

export { expect }

/** Everything that a person would find in the console, and requests to other places. */
export function watch(page: Page, origin: string): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy')) {
      problems.push(`console: ${message.text()}`)
    }
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} for ${new URL(response.url()).pathname}`)
  })
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    const isOwn = url.origin === origin || url.origin === origin.replace('http', 'ws')
    if (!isOwn && !['data:', 'blob:'].includes(url.protocol)) problems.push(`request to ${url.origin}`)
  })
  return problems
}

/** Starts an experiment by the name that the palette gives it. */
export async function runFromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find an action or a run' }).fill(words)
  await expect(page.getByRole('option').first()).toContainText('Run experiment')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/runs\/\d{8}-/)
}
