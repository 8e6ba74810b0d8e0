import type { Page } from '@playwright/test'
import { expect, test } from './host/app.js'

/** Presses Tab until the wanted control has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    if (focused === name) return
  }
  throw new Error(`Tab never reached "${name}"`)
}

test('everything on the way to a finished run can be done with keys', async ({ app }) => {
  const page = await app.open()
  await expect(page.getByRole('link', { name: 'Compose your own' })).toBeVisible()
  await tabTo(page, 'Compose your own')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/compose/)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('start from first look')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('A first look in seconds')
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/#\/runs\/\d{8}-/)
  await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })
  await tabTo(page, 'Figures and files')
  await page.keyboard.press('Enter')
  await tabTo(page, 'Show table')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('region', { name: 'Accuracy and attack success, table' })).toBeVisible()
})

test.describe('the frame', () => {
  test.use({ workspace: 'prepared' })

  test('the palette finds, moves, runs and closes', async ({ app }) => {
    const page = await app.open()
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: 'Find an action or a run' })
    await expect(field).toBeFocused()
    await field.fill('settings')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/#\/settings/)
    await page.keyboard.press('Control+k')
    await field.fill('dark appearance')
    await page.keyboard.press('Enter')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Escape')
    await expect(field).toBeHidden()
  })

  test('the sheet of shortcuts opens with a question mark, but not while one types', async ({ app }) => {
    const page = await app.open()
    await page.keyboard.press('?')
    await expect(page.getByRole('heading', { name: 'Keyboard shortcuts on this page' })).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('searchbox').fill('what')
    await page.keyboard.press('?')
    await expect(page.getByRole('searchbox')).toHaveValue('what?')
    await expect(page.getByRole('heading', { name: 'Keyboard shortcuts on this page' })).toBeHidden()
  })
})
