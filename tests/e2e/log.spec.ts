import { expect, openFinishedRun, test } from './host/app.js'

test.describe('the log of a finished run', () => {
  test.use({ workspace: 'prepared' })

  test.beforeEach(async ({ app, shared }) => {
    await openFinishedRun({ app, shared })
    await app.page.getByRole('link', { name: 'Log', exact: true }).click()
  })

  test('tells what happened, filtered and searched', async ({ page }) => {
    const log = page.getByRole('log', { name: 'Log of the run' })
    await expect(log.getByRole('listitem').first()).toContainText('Waiting for the engine')
    await expect(log).toContainText(/Stage\s*1\/\d+ Load data/)
    await page.getByRole('combobox', { name: 'Show', exact: true }).selectOption('Stages and problems')
    await expect(log.getByRole('listitem').first()).toContainText('Load data')
    await expect(log.getByRole('listitem').last()).toContainText('Done')
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('train VICTIM')
    await expect(log.getByRole('listitem')).toHaveCount(1)
    await expect(page.getByText(/^1 of \d+ lines$/)).toBeVisible()
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('no such words')
    await expect(page.getByText('No line is like that.')).toBeVisible()
  })

  test('is copied as it is shown', async ({ page }) => {
    const search = page.getByRole('searchbox', { name: 'Search the log' })
    await search.fill('victim.safetensors')
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await expect(page.getByText('Copied', { exact: true })).toBeVisible()
    // A page may not read the clipboard, so it is pasted as a person would.
    await search.fill('')
    await page.keyboard.press('Control+v')
    await expect(search).toHaveValue(/^\d{4}-\d\d-\d\dT\S+Z Saved victim\.safetensors: Victim weights$/)
  })

  test('has an address', async ({ page }) => {
    await expect(page).toHaveURL(/[?&]view=log/)
    await page.getByRole('link', { name: 'Wall', exact: true }).click()
    await page.goBack()
    await expect(page.getByRole('log')).toBeVisible()
  })
})
