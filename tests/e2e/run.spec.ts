import { expect, runFromPalette, test } from './host/app.js'

test('a reload in the middle of a run shows the same picture', async ({ app }) => {
  const page = await app.open()
  await page.getByRole('button', { name: 'Run the sample experiment' }).click()
  const stages = page.getByRole('list', { name: 'Stages' }).getByRole('listitem')
  await expect(stages.nth(2)).toHaveAttribute('aria-current', 'step', { timeout: 30_000 })
  const panel = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })
  const table = panel.getByRole('table')
  await panel.getByRole('button', { name: 'Show table' }).click({ timeout: 60_000 })
  const firstRow = await table.getByRole('row').nth(1).innerText()

  await page.reload()
  await expect(stages.nth(2)).toHaveAttribute('aria-current', 'step')
  await panel.getByRole('button', { name: 'Show table' }).click()
  expect(await table.getByRole('row').nth(1).innerText()).toBe(firstRow)
  await expect(page.getByRole('contentinfo')).toContainText('images/s')

  await page.getByRole('button', { name: 'Cancel the run' }).click()
  await expect(page.getByText('The run was cancelled.')).toBeVisible({ timeout: 15_000 })
  await expect(stages.nth(2)).toContainText('cancelled after')
  await expect(stages.nth(6)).toContainText('not reached')
  await expect(page.getByRole('contentinfo')).toContainText('No run in progress')
})

test('a second run waits for the first and says so', async ({ app }) => {
  const page = await app.open()
  await runFromPalette(page, 'run experiment badnets on digits')
  await runFromPalette(page, 'run experiment a first look')
  await expect(page.getByText('Waiting for the engine')).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('1 waiting')
  await page.getByRole('button', { name: 'Cancel the run' }).click()
  await expect(page.getByText('The run was cancelled.')).toBeVisible()
})

test('an address without a run says what to do', async ({ app }) => {
  const page = await app.open()
  await app.goTo('#/runs/20260101-000000-aaaaaa')
  await expect(page.getByRole('alert')).toContainText('There is no run 20260101-000000-aaaaaa')
  await page.getByRole('link', { name: 'Go to all runs' }).click()
  await expect(page.getByText('No runs yet')).toBeVisible()
})
