import type { ElectronApplication } from '@playwright/test'
import { expect, runFromPalette, test } from '../host/desktop-app.js'

/** The engine's number in the system; null while there is none. */
function enginePid(electronApp: ElectronApplication): Promise<number | null> {
  return electronApp.evaluate(
    ({ app }) => app.getAppMetrics().find(({ name }) => name === 'Unbackdoor engine')?.pid ?? null,
  )
}

test('a crash of the engine fails the run in words, and the next run gets a fresh one', async ({ app, desktop }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment badnets on digits')
  await expect(page.getByRole('contentinfo')).toContainText('images/s', { timeout: 30_000 })
  const first = await enginePid(desktop.electronApp)
  expect(first).not.toBeNull()
  process.kill(first!, 'SIGKILL')
  await expect(page.getByRole('alert')).toContainText('The engine stopped in the middle of the run')

  await runFromPalette(page, 'run experiment a first look')
  await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })
  expect(await enginePid(desktop.electronApp)).not.toBe(first)
})
