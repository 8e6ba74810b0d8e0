import { expect, openFinishedRun, test } from './host/app.js'

test('a first visit leads to a finished run in two clicks', async ({ app }) => {
  const page = await app.open()
  await expect(page.getByRole('heading', { name: 'Plant a backdoor, then take it out again' })).toBeVisible()
  await expect(page.getByText('No runs yet')).toBeVisible()
  await page.getByRole('button', { name: 'Take a quick look' }).click()

  await expect(page).toHaveURL(/#\/runs\/\d{8}-/)
  const main = page.getByRole('main')
  await expect(main.getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })
  await main.getByRole('link', { name: 'Figures and files' }).click()
  const scores = main.getByRole('table', { name: /Figures before and after/ })
  await expect(scores.getByRole('row', { name: /Clean accuracy/ })).toContainText(/\d+\.\d %.*\d+\.\d %/)
  await expect(scores.getByRole('row', { name: /Attack success/ })).toContainText(/\d+\.\d %/)
  await expect(main.getByRole('img', { name: /Accuracy and attack success/ })).toBeVisible()
  await expect(main.getByRole('list', { name: 'Stages' }).getByRole('listitem')).toHaveCount(7)
  await expect(main.getByText('victim.safetensors')).toBeVisible()

  const panel = main.getByRole('region', { name: 'Accuracy and attack success', exact: true })
  await panel.getByRole('button', { name: 'Show table' }).click()
  await expect(panel.getByRole('table')).toContainText('Train victim')

  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await expect(page.getByRole('link', { name: 'A first look in seconds' })).toBeVisible()
})

test.describe('a finished run', () => {
  test.use({ workspace: 'prepared' })

  test('shows the true trigger with hard pixels and marked as oracle', async ({ app, shared, page }) => {
    await openFinishedRun({ app, shared })
    const trigger = page.getByRole('img', { name: 'True trigger' })
    await expect(trigger).toBeVisible()
    await expect(trigger).toHaveCSS('image-rendering', 'pixelated')
    const zoom = await trigger.evaluate((image) => image.clientWidth / (image as HTMLImageElement).naturalWidth)
    expect(zoom % 1).toBe(0)
    await expect(page.getByRole('figure').filter({ has: trigger })).toContainText('oracle')
  })
})
