import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startServed, type Served } from '../../scripts/served/start-served.mjs'
import { engineOf } from '../helpers/engine-of.js'
import { expect, runFromPalette, test as base } from './host/app.js'
import { emptyWorkspace } from './host/prepared.js'
import { openServed } from './host/served.js'

interface Servers {
  readonly folder: string
  /** A server of the workspace, and its page. */
  open(): Promise<{ served: Served; page: Page }>
}

const test = base.extend<{ servers: Servers }>({
  servers: async ({ chromium }, use) => {
    if (chromium === null) throw new Error('This test is for the browser')
    const workspace = await emptyWorkspace()
    const ends: (() => Promise<void>)[] = [workspace.remove]
    await use({
      folder: workspace.folder,
      async open() {
        const served = await startServed(workspace.folder, [], { UNBACKDOOR_CHECKPOINT_SECONDS: '0' })
        const host = await openServed(chromium, served)
        ends.unshift(served.end)
        ends.unshift(host.close)
        await host.show()
        await expect(host.page.getByText('Connected', { exact: true })).toBeVisible()
        return { served, page: host.page }
      },
    })
    for (const end of ends) await end()
  },
})

/** Starts a run and waits for its first checkpoint. Returns its name. */
async function begin(page: Page, folder: string): Promise<string> {
  await runFromPalette(page, 'run experiment a first look')
  const runId = /runs\/([\w-]+)/.exec(page.url())?.[1] ?? ''
  const kept = (): Promise<string[]> => readdir(join(folder, 'runs', runId, 'checkpoint')).catch(() => [])
  await expect.poll(async () => (await kept()).length, { timeout: 60_000 }).toBeGreaterThan(0)
  return runId
}

const isDone = (page: Page) =>
  expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })

test('a run whose engine is killed says so, and Resume takes it to its end', async ({ servers }) => {
  const { served, page } = await servers.open()
  await begin(page, servers.folder)
  process.kill(engineOf(served.pid) ?? 0, 'SIGKILL')
  await expect(page.getByRole('alert')).toContainText('The engine stopped in the middle of the run')
  await page.getByRole('button', { name: 'Resume' }).click()
  await isDone(page)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.getByRole('link', { name: 'Log', exact: true }).click()
  await expect(page.getByText(/Going on from a checkpoint/).first()).toBeVisible()
})

test('a run whose server is killed is interrupted for the next one, and is resumed from the list', async ({
  servers,
}) => {
  const { served, page } = await servers.open()
  const runId = await begin(page, servers.folder)
  process.kill(served.pid, 'SIGKILL')
  await expect(page.getByRole('contentinfo')).toContainText(/Connecting|Not connected/)

  const { page: next } = await servers.open()
  await next.goto(`${new URL(next.url()).origin}/#/runs/${runId}`)
  await expect(next.getByRole('alert')).toContainText('The program ended in the middle of the run')
  await next.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click()
  await next.getByRole('checkbox', { name: /Choose A first look/ }).check()
  await next.getByRole('region', { name: 'Chosen runs' }).getByRole('button', { name: 'Resume' }).click()
  await expect(next.getByRole('row').filter({ hasText: 'A first look' })).toContainText('Done', { timeout: 120_000 })
  await next.goto(`${new URL(next.url()).origin}/#/runs/${runId}`)
  await isDone(next)
})
