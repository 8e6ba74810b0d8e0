import type { Locator } from '@playwright/test'
import { expect, openFinishedRun, test, type WorkbenchApp } from './host/app.js'

test.use({ workspace: 'prepared' })

test.beforeEach(async ({ app, shared }) => {
  await openFinishedRun({ app, shared })
  await app.page.getByRole('link', { name: 'Figures and files' }).click()
})

/** Exports through the menu, as a person would. */
function exported(app: WorkbenchApp, panel: Locator, format: string) {
  return app.saveFile(async () => {
    await panel.getByRole('button', { name: 'Export' }).click()
    await panel.getByRole('menuitem', { name: format }).click()
  })
}

test('a chart leaves the page as PNG, SVG and CSV with what it shows', async ({ app, page }) => {
  const panel = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })

  const png = await exported(app, panel, 'PNG')
  expect(png.name).toBe('accuracy-and-attack-success.png')
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
  expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([1440, 840])

  const svg = (await exported(app, panel, 'SVG')).bytes
  expect(svg.toString()).toContain('<title>Accuracy and attack success</title>')
  expect(svg.toString().match(/<polyline/g)?.length).toBeGreaterThan(2)
  // On its own, as a file would be: what is not well formed cannot be drawn.
  const width = await page.evaluate(
    async (address) => {
      const image = new Image()
      image.src = address
      await image.decode()
      return image.naturalWidth
    },
    `data:image/svg+xml;base64,${svg.toString('base64')}`,
  )
  expect(width).toBeGreaterThan(0)

  const csv = (await exported(app, panel, 'CSV')).bytes.toString().trimEnd().split('\r\n')
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

test('the export menu is walked with keys', async ({ page }) => {
  const button = page.getByRole('region', { name: 'Loss', exact: true }).getByRole('button', { name: 'Export' })
  await button.focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: 'PNG' })).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: 'CSV' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(button).toBeFocused()
  await expect(page.getByRole('menu')).toBeHidden()
})

test('both charts of a run share a crosshair, and axes, smoothing and lines can be chosen', async ({ page }) => {
  const scores = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })
  const loss = page.getByRole('region', { name: 'Loss', exact: true })
  const crosshairs = [scores, loss].map((panel) => panel.getByRole('slider', { name: /^Crosshair of/ }))
  const [onScores, onLoss] = crosshairs as [Locator, Locator]

  // By pointer in one chart: the other shows the same moment.
  await onScores.hover({ position: { x: 4, y: 20 } })
  await expect(onScores).toHaveAttribute('aria-valuetext', /^Train victim, epoch 1: Clean accuracy \d/)
  await expect(onLoss).toHaveAttribute('aria-valuetext', /^Train victim, epoch [\d.]+: Loss [\d.]+$/)

  // By keys: point by point, and narrower around it.
  await onLoss.focus()
  await page.keyboard.press('Home')
  const first = await onLoss.getAttribute('aria-valuetext')
  await page.keyboard.press('ArrowRight')
  await expect(onLoss).not.toHaveAttribute('aria-valuetext', first ?? '')
  await page.keyboard.press('+')
  await expect(loss.getByRole('button', { name: 'Reset zoom' })).toBeVisible()
  await page.keyboard.press('0')
  await expect(loss.getByRole('button', { name: 'Reset zoom' })).toBeHidden()

  await loss.getByRole('button', { name: 'Options' }).click()
  await loss.getByLabel('X axis').selectOption('time')
  await onLoss.hover({ position: { x: 1, y: 20 } })
  await expect(onLoss).toHaveAttribute('aria-valuetext', /^Train victim, 00:00: Loss/)
  await expect(onScores).toHaveAttribute('aria-valuetext', /^Train victim, epoch 1: /)
  await loss.getByLabel('Smoothing').fill('0.8')
  await onLoss.hover({ position: { x: 20, y: 20 } })
  await expect(onLoss).toHaveAttribute('aria-valuetext', /Loss, smoothed [\d.]+, measured [\d.]+/)
  await loss.getByLabel('Log y axis').check()
  await expect(loss.getByText(/points at or below zero/)).toBeVisible()

  // For all at once, and remembered.
  await loss.getByRole('button', { name: 'Use for all charts' }).click()
  await scores.getByRole('button', { name: 'Options' }).click()
  await expect(scores.getByLabel('X axis')).toHaveValue('time')
  await scores.getByRole('button', { name: 'Attack success', exact: true }).click()
  await page.reload()
  await expect(scores.getByRole('button', { name: 'Attack success', exact: true })).toHaveAttribute(
    'aria-pressed',
    'false',
  )
  const picture = scores.getByRole('img', { name: /Clean accuracy, smoothed/ })
  await expect(picture).toBeVisible()
  await expect(picture).not.toHaveAttribute('aria-label', /Attack success, smoothed/)
})

test('a part of a chart is looked at by a drag, exported as seen, and left by a double click', async ({
  app,
  page,
}) => {
  const panel = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })
  const plot = panel.getByRole('slider')
  const rowsOf = async (): Promise<number> =>
    (await exported(app, panel, 'CSV')).bytes.toString().trim().split('\r\n').length
  const all = await rowsOf()

  const box = (await plot.boundingBox())!
  await page.mouse.move(box.x + 0.05 * box.width, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + 0.2 * box.width, box.y + 45, { steps: 5 })
  await page.mouse.up()
  await expect(panel.getByRole('button', { name: 'Reset zoom' })).toBeVisible()
  const some = await rowsOf()
  expect(some).toBeGreaterThan(1)
  expect(some).toBeLessThan(all / 2)

  await plot.dblclick({ position: { x: 200, y: 100 } })
  await expect(panel.getByRole('button', { name: 'Reset zoom' })).toBeHidden()
  expect(await rowsOf()).toBe(all)
})
