import { readFile } from 'node:fs/promises'
import type { Locator } from '@playwright/test'
import { expect, test } from './served-page.js'

/** Exports through the menu, as a person would; returns name and bytes of the file. */
async function exported(panel: Locator, format: string): Promise<{ name: string; bytes: Buffer }> {
  const downloading = panel.page().waitForEvent('download')
  await panel.getByRole('button', { name: 'Export' }).click()
  await panel.getByRole('menuitem', { name: format }).click()
  const download = await downloading
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

test('a chart leaves the page as PNG, SVG and CSV with what it shows', async ({ served, browser }) => {
  const page = await served.open()
  await page.getByRole('button', { name: 'Take a quick look' }).click()
  await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })
  await page.getByRole('link', { name: 'Figures and files' }).click()
  const panel = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })

  const png = await exported(panel, 'PNG')
  expect(png.name).toBe('accuracy-and-attack-success.png')
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
  expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([1440, 840])

  // Opened on its own, as a file would be.
  const viewer = await browser.newPage()
  await viewer.goto(`data:image/svg+xml;base64,${(await exported(panel, 'SVG')).bytes.toString('base64')}`)
  expect(await viewer.locator('parsererror').count()).toBe(0)
  await expect(viewer.locator('svg > title')).toHaveText('Accuracy and attack success')
  expect(await viewer.locator('g polyline').count()).toBeGreaterThan(2)
  await viewer.close()

  const csv = (await exported(panel, 'CSV')).bytes.toString().trimEnd().split('\r\n')
  expect(csv[0]).toBe('series,place,"epoch, stages laid end to end","share of images, 0 to 1"')
  await panel.getByRole('button', { name: 'Show table' }).click()
  const cell = await panel
    .getByRole('row', { name: /Train victim 1 / })
    .getByRole('cell')
    .nth(2)
    .innerText()
  const first = csv.find((line) => line.startsWith('Clean accuracy,"Train victim, epoch 1",1,'))
  expect(`${(100 * Number(first?.split(',').at(-1))).toFixed(1)} %`).toBe(cell)
})

test('the export menu is walked with keys', async ({ served }) => {
  const page = await served.open()
  await page.getByRole('button', { name: 'Take a quick look' }).click()
  await page.getByRole('link', { name: 'Figures and files' }).click()
  const button = page.getByRole('region', { name: 'Loss', exact: true }).getByRole('button', { name: 'Export' })
  await button.focus({ timeout: 60_000 })
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: 'PNG' })).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: 'CSV' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(button).toBeFocused()
  await expect(page.getByRole('menu')).toBeHidden()
})
