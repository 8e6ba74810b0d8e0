import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { compactPng } from '../../scripts/screenshots/compact-png.mjs'
import { expect, runFromPalette, test } from '../e2e/host/app.js'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'images')

/** Writes `name-light.png` and `name-dark.png` of the page as it stands. */
async function picture(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Charts draw themselves anew in the colours of the other scheme.
    await page.waitForTimeout(300)
    await writeFile(join(folder, `${name}-${colorScheme}.png`), compactPng(await page.screenshot()))
  }
}

const runIdOf = async (page: Page, name: string): Promise<string> => {
  const address = await page.getByRole('link', { name }).first().getAttribute('href')
  return /runs\/([^?]+)/.exec(address ?? '')?.[1] ?? ''
}
const done = (page: Page) => page.getByRole('main').getByText('Done', { exact: true })

test('places of the page', async ({ app }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment a first look')
  await expect(done(page)).toBeVisible({ timeout: 120_000 })
  await app.goTo('#/')
  await expect(page.getByRole('link', { name: 'A first look in seconds' })).toBeVisible()
  await picture(page, 'home')
  const first = await runIdOf(page, 'A first look in seconds')
  await app.goTo('#/settings')
  await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible()
  await picture(page, 'settings')

  // A second one that differs in one thing.
  await app.goTo('#/compose')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('start from first look')
  await page.keyboard.press('Enter')
  await page.getByLabel('Name', { exact: true }).fill('Fewer poisoned images')
  await page.getByLabel('Poison rate', { exact: true }).fill('0.01')
  await expect(page.getByText('Ready to run')).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(done(page)).toBeVisible({ timeout: 120_000 })
  const second = /runs\/([^?]+)/.exec(page.url())?.[1] ?? ''
  await app.goTo(`#/compare?runs=${first},${second}`)
  await expect(page.getByRole('region', { name: 'Results, table' })).toBeVisible()
  await picture(page, 'compare')

  await app.goTo('#/compose')
  await expect(page.getByText('Ready to run')).toBeVisible()
  await page.getByRole('button', { name: 'Edit the trigger' }).click()
  await expect(page.getByRole('img', { name: /^Training image \d+, poisoned$/ }).first()).toBeVisible()
  await picture(page, 'compose')
})

test('a run', async ({ app }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment badnets on digits')
  await expect(page.getByRole('region', { name: 'Progress' })).toContainText('epoch 6/10', { timeout: 120_000 })
  await picture(page, 'run')

  await expect(done(page)).toBeVisible({ timeout: 400_000 })
  const slider = page.getByRole('slider', { name: 'Moment' })
  await slider.focus()
  await page.keyboard.press('End')
  await expect(page.getByRole('img', { name: /triggered test images/ })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await picture(page, 'wall-end')
  await page.keyboard.press('Home')
  await expect(slider).toHaveValue('0')
  await picture(page, 'wall-start')

  await page.getByRole('main').getByRole('link', { name: 'Inspect' }).click()
  await page.getByRole('button', { name: 'Flipped by the attack' }).click()
  await expect(page.getByText(/^[\d,]+ of 1,875 samples$/)).toBeVisible()
  await expect(page.getByRole('img', { name: /^Triggered, repaired: .*inside the trigger/ })).toBeVisible()
  await page.waitForLoadState('networkidle')
  await picture(page, 'inspect')
})
