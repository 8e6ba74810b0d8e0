import type { Page } from '@playwright/test'
import { expect, openFinishedRun, runFromPalette, test } from './host/app.js'

const wallOf = (page: Page) => page.getByRole('img', { name: /triggered test images, sorted by true class/ })

/** How many of the images the model gives to the attacker at the moment that is shown. */
async function targetAnswers(page: Page): Promise<number> {
  const label = (await wallOf(page).getAttribute('aria-label')) ?? ''
  return Number(/target (\d+),/.exec(label)?.[1] ?? Number.NaN)
}

/** How many images are there and not blank. */
function drawnImages(page: Page): Promise<number> {
  return wallOf(page).evaluate(
    (wall) =>
      [...wall.querySelectorAll('canvas')].filter((canvas) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
        return pixels.some((value, index) => index % 4 !== 3 && value > 128)
      }).length,
  )
}

test.describe('a finished run', () => {
  test.use({ workspace: 'prepared' })

  test('shows on the wall a backdoor going away, and can be taken back', async ({ app, shared, page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await openFinishedRun({ app, shared })
    await expect.poll(() => drawnImages(page)).toBe(96)
    const atEnd = await targetAnswers(page)
    const pictureAtEnd = await wallOf(page).screenshot()

    const slider = page.getByRole('slider', { name: 'Moment' })
    await slider.focus()
    await page.keyboard.press('Home')
    await expect(slider).toHaveValue('0')
    await expect(slider).toHaveAttribute('aria-valuetext', /^before the first step: target \d+, true class \d+/)
    await expect(page).toHaveURL(/[?&]moment=0\.0/)
    const atStart = await targetAnswers(page)
    expect(atStart).toBeGreaterThan(atEnd)
    expect(pictureAtEnd.equals(await wallOf(page).screenshot())).toBe(false)

    await page.keyboard.press('ArrowRight')
    await expect(slider).toHaveValue('1')
    await expect(page).toHaveURL(/[?&]moment=1\.\d+/)
    await page.reload()
    await expect(slider).toHaveValue('1')
    await slider.focus()
    await page.keyboard.press('End')
    await expect(page).not.toHaveURL(/moment=/)
    expect(await targetAnswers(page)).toBe(atEnd)

    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect.poll(async () => Number(await slider.inputValue()), { timeout: 15_000 }).toBeGreaterThan(2)
    await page.getByRole('button', { name: 'Pause playing' }).click()

    await page
      .getByRole('region', { name: 'Triggered test images' })
      .getByRole('button', { name: 'Show table' })
      .click()
    const table = page.getByRole('region', { name: 'Answers to the triggered images, table' })
    await expect(table.getByRole('row')).toHaveCount(97)
    await expect(table.getByRole('row').nth(1)).toContainText(/\d+\.\d %/)

    await expect(page.getByRole('img', { name: 'True trigger' })).toBeVisible()
    const epochs = page.getByRole('group', { name: 'By epoch' }).getByRole('radio')
    await epochs.last().focus()
    await page.keyboard.press('ArrowLeft')
    await expect(page.getByRole('img', { name: 'Recovered triggers, epoch 11' })).toBeVisible()

    await page.getByRole('link', { name: 'Figures and files' }).click()
    await expect(page.getByRole('img', { name: /^Loss/ })).toBeVisible()
    await page.goBack()
    await expect(slider).toBeVisible()
    // Otherwise the server goes away under the images that are on their way.
    await page.waitForLoadState('networkidle')
    await expect.poll(() => drawnImages(page)).toBe(96)
  })
})

test('a run pauses, goes on, and keeps what it has when it is stopped', async ({ app }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment badnets on digits')
  const status = page.getByRole('contentinfo')
  await expect(status).toContainText('Train victim', { timeout: 30_000 })
  await expect(status).toContainText('images/s', { timeout: 30_000 })

  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await expect(status.getByText('Paused', { exact: true })).toBeVisible({ timeout: 15_000 })
  const stage = page.getByRole('list', { name: 'Stages' }).getByRole('listitem').nth(2)
  await expect(stage).toContainText('paused after')
  const facts = page.getByRole('region', { name: 'Progress' }).getByText(/^step /)
  const held = await facts.innerText()
  await page.waitForTimeout(1_500)
  expect(await facts.innerText()).toBe(held)

  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect(status.getByText('Paused', { exact: true })).toBeHidden()
  await expect(facts).not.toHaveText(held, { timeout: 15_000 })

  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 150_000 })
  await page.getByRole('link', { name: 'Figures and files' }).click()
  await expect(page.getByText('victim.safetensors')).toBeVisible()
})

test('says in words why there is nothing on the wall', async ({ app }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment no backdoor')
  await page.getByRole('link', { name: 'Wall', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Nothing to trigger' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel the run' }).click()
  await expect(page.getByText('The run was cancelled.')).toBeVisible({ timeout: 15_000 })
})
