import type { Page } from '@playwright/test'
import { decode, encode } from 'fast-png'
import { expect, test } from './host/app.js'

const SIDE = 28

test.use({ workspace: 'prepared' })

test.beforeEach(async ({ app }) => {
  const page = await app.open()
  await page.getByRole('link', { name: 'Compose', exact: true }).click()
  await expect(page.getByText('Ready to run')).toBeVisible()
  await expect(poisonedImages(page).first()).toBeVisible({ timeout: 30_000 })
})

const poisonedImages = (page: Page) => page.getByRole('img', { name: /^Training image \d+, poisoned$/ })
const pixelGrid = (page: Page) => page.getByRole('application', { name: /^Pixels of the trigger/ })
const stage = (page: Page) => page.getByRole('application', { name: /^Place of the trigger/ })

/** Gray values of a rectangle of the n-th poisoned image of the preview, as the canvas holds them. */
async function grays(page: Page, index: number, row: number, column: number, height: number, width: number) {
  return await poisonedImages(page)
    .nth(index)
    .evaluate(
      (canvas, [x, y, w, h]) => {
        const context = (canvas as HTMLCanvasElement).getContext('2d')
        const { data } = context!.getImageData(x!, y!, w!, h!)
        return Array.from({ length: data.length / 4 }, (_, pixel) => data[pixel * 4]!)
      },
      [column, row, width, height],
    )
}

async function openEditor(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit the trigger' }).click()
  await expect(pixelGrid(page)).toBeFocused()
}

/** The middle of a cell of the pixel grid, on the screen. */
async function cellAt(page: Page, row: number, column: number, side: number): Promise<[number, number]> {
  const box = (await pixelGrid(page).boundingBox())!
  return [box.x + ((column + 0.5) * box.width) / side, box.y + ((row + 0.5) * box.height) / side]
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from)
  await page.mouse.down()
  await page.mouse.move(...to, { steps: 6 })
  await page.mouse.up()
}

function png(width: number, height: number, value: number): { name: string; mimeType: string; buffer: Buffer } {
  const data = new Uint8Array(width * height).fill(value)
  const buffer = Buffer.from(encode({ width, height, channels: 1, depth: 8, data }))
  return { name: `square-${width}.png`, mimeType: 'image/png', buffer }
}

test('three painted pixels, dragged to a place, are on the images, and the run starts with them', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Start from' }).selectOption('tiny')
  await openEditor(page)
  await page.keyboard.press('Delete')
  await expect(page.getByText('Painted pixels must have at least one pixel that is not transparent.')).toBeVisible()
  await page.getByRole('button', { name: 'gray 128', exact: true }).click()
  for (const at of [0, 1, 2]) await page.mouse.click(...(await cellAt(page, at, at, 3)))
  await expect(page.getByText('3 x 3, painted')).toBeVisible()

  await stage(page).scrollIntoViewIfNeeded()
  const box = (await stage(page).boundingBox())!
  const zoom = box.width / SIDE
  // The patch comes to the pointer by its middle, so its upper left pixel is one further up and left.
  const onScreen = (row: number, column: number): [number, number] => [
    box.x + (column + 0.5) * zoom,
    box.y + (row + 0.5) * zoom,
  ]
  await drag(page, onScreen(15, 15), onScreen(3, 24))
  await expect(page.getByText('At row 2, column 23')).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(stage(page)).toHaveAccessibleName(/row 2, column (23|24)/)
  await stage(page).focus()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByText('At row 2, column 25')).toBeVisible()

  await expect(page.getByText('1–16 of 150')).toBeVisible()
  for (const index of [0, 7, 15]) {
    await expect
      .poll(async () => {
        const [a, , , , b, , , , c] = await grays(page, index, 2, 25, 3, 3)
        return [a, b, c]
      })
      .toEqual([128, 128, 128])
  }
  await expect(page.getByText('Ready to run')).toBeVisible()
  await page.getByRole('button', { name: 'Launch' }).click()
  await expect(page).toHaveURL(/#\/runs\/\d{8}-/)
  await expect(page.getByRole('img', { name: 'True trigger' })).toBeVisible({ timeout: 60_000 })
})

test('everything in the editor is done with keys, and undone by those of the form', async ({ page }) => {
  await openEditor(page)
  await page.keyboard.press('Delete')
  await page.keyboard.press('b')
  for (const key of ['ArrowRight', 'ArrowDown', 'Space', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await expect(page.getByText('Row 1, column 2: gray 255')).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Row 1, column 2: transparent')).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.press('Space')
  await expect(page.getByText('Row 1, column 2: gray 255')).toBeVisible()
  await page.getByRole('combobox', { name: 'Place', exact: true }).selectOption('bottom-right')
  await expect.poll(() => grays(page, 3, 25, 25, 3, 3)).toEqual(Array.from({ length: 9 }, () => 255))
  await page.keyboard.press('Escape')
  await expect(pixelGrid(page)).toBeHidden()
  await expect(page.getByRole('button', { name: 'Edit the trigger' })).toBeFocused()
})

test('a PNG becomes the trigger and leaves as one, and one that is too large is refused in words', async ({
  app,
  page,
}) => {
  await openEditor(page)
  const file = page.locator('input[type=file][accept^="image/png"]')
  await file.setInputFiles(png(80, 80, 3))
  await expect(page.getByRole('alert')).toHaveText(
    'square-80.png has 80 x 80 pixels; a trigger has at most 28 x 28 here.',
  )
  await file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') })
  await expect(page.getByRole('alert')).toContainText('notes.txt is not a PNG file')
  await file.setInputFiles(png(4, 4, 77))
  await expect(page.getByText('4 x 4, painted')).toBeVisible()
  await page.getByRole('combobox', { name: 'Place', exact: true }).selectOption('top-left')
  await expect.poll(() => grays(page, 0, 0, 0, 4, 4)).toEqual(Array.from({ length: 16 }, () => 77))

  const saved = await app.saveFile(() => page.getByRole('button', { name: 'Export PNG' }).click())
  expect(saved.name).toBe('trigger-4x4.png')
  const picture = decode(saved.bytes)
  expect([picture.width, picture.height, picture.data[0]]).toEqual([4, 4, 77])
})

test('letters become the trigger, and the preview shows them to the pixel', async ({ page }) => {
  await expect(page.getByLabel('Text', { exact: true })).toBeHidden()
  await page.getByRole('combobox', { name: 'Pattern' }).selectOption('text')
  await page.getByLabel('Text', { exact: true }).fill('Ti')
  await page.getByRole('combobox', { name: 'Position' }).selectOption('top-left')
  const [white, below] = [255, await grays(page, 0, 6, 0, 1, 7)]
  await expect.poll(() => grays(page, 0, 0, 0, 1, 7)).toEqual([white, white, white, 0, white, white, white])
  expect(await grays(page, 0, 6, 0, 1, 7)).toEqual(below)
  await expect.poll(async () => (await grays(page, 0, 4, 0, 1, 7))[1]).toBe(white)
  await page.getByLabel('Colour', { exact: true }).fill('#ff0000')
  await expect.poll(async () => (await grays(page, 0, 0, 0, 1, 1))[0]).toBe(76)
  await page.getByLabel('Text', { exact: true }).fill('MUCH TOO LONG')
  await expect(page.getByText('Text must be at most 12 characters.', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /^BadNets: reset 4 changed fields/ }).click()
  await expect(page.getByLabel('Text', { exact: true })).toBeHidden()
  await expect(page.getByText('Ready to run')).toBeVisible()
})

test('a PNG dropped anywhere becomes the trigger, resized and with its opacity', async ({ app, page }) => {
  await page.getByRole('combobox', { name: 'Position' }).selectOption('top-left')
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  // Two pixels: gray 200, and one that covers half.
  const data = Uint8Array.from([200, 255, 255, 128])
  const bytes = [...encode({ width: 2, height: 1, channels: 2, depth: 8, data })]
  await page.evaluate((values) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(values)], 'two.png', { type: 'image/png' }))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, bytes)
  await expect(page.getByText('two.png is the trigger now')).toBeVisible()
  await expect(page.getByLabel('Size', { exact: true })).toHaveValue('2')
  await expect(page.getByText('1 x 2', { exact: true })).toBeVisible()
  await expect.poll(() => grays(page, 0, 0, 0, 1, 2)).toEqual([200, 128])
  await page.getByLabel('Size', { exact: true }).fill('4')
  await expect.poll(() => grays(page, 0, 0, 0, 2, 4)).toEqual([200, 200, 128, 128, 200, 200, 128, 128])

  // Exported without loss, and taken back as it is.
  await openEditor(page)
  const saved = await app.saveFile(() => page.getByRole('button', { name: 'Export PNG' }).click())
  const picture = decode(saved.bytes)
  expect([picture.width, picture.height, picture.channels]).toEqual([4, 2, 2])
  expect([...picture.data.subarray(0, 8)]).toEqual([200, 255, 200, 255, 255, 128, 255, 128])
})

test('the preview follows the form, pages to the end and says what it waits for', async ({ page }) => {
  await expect(page.getByText('375 of 7,500 training images')).toBeVisible()
  await expect(page.getByText('1,180 steps')).toBeVisible()
  await page.getByRole('button', { name: 'Show the next images' }).click()
  await expect(page.getByText('17–32 of 375')).toBeVisible()
  await page.getByLabel('Poison rate', { exact: true }).fill('0.004')
  await expect(page.getByText('17–30 of 30')).toBeVisible()
  await page.getByLabel('Poison rate', { exact: true }).fill('7')
  await expect(page.getByText('The images are drawn again once this is right:')).toBeVisible()
  await page.getByRole('button', { name: 'Leave out the attack' }).click()
  await expect(page.getByText('No attack, so nothing is poisoned.')).toBeVisible()
})
