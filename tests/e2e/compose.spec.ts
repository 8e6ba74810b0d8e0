import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './host/app.js'

const RECORD = join(import.meta.dirname, '..', '..', 'src-renderer', 'gallery', 'recordings', 'run', 'run.json')

/** Drops a file or folder of the disk, as the system does it. */
async function dropOn(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data })
  }
  await session.detach()
}

test.use({ workspace: 'prepared' })

test.beforeEach(async ({ app }) => {
  const page = await app.open()
  await page.getByRole('link', { name: 'Compose', exact: true }).click()
  await expect(page.getByText('Ready to run')).toBeVisible()
})

test('a wrong field says so beside itself, and nothing can be launched', async ({ page }) => {
  const rate = page.getByLabel('Poison rate', { exact: true })
  await rate.fill('1.4')
  await expect(page.getByText('Poison rate must be at most 1.')).toBeVisible()
  await expect(rate).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByRole('button', { name: 'Launch' })).toBeDisabled()
  await page.getByRole('button', { name: 'Reset Poison rate to 0.05' }).click()
  await expect(rate).toHaveValue('0.05')
  await expect(page.getByText('Ready to run')).toBeVisible()
})

test('what only the engine can know stands beside its field too', async ({ page }) => {
  await page.getByLabel('Size', { exact: true }).fill('40')
  await expect(page.getByText(/Size is larger than the image \(28 x 28\); at most 28/)).toBeVisible()
  await page.getByRole('button', { name: /needs attention: show/ }).click()
  await expect(page.getByLabel('Size', { exact: true })).toBeFocused()
})

test('changes are undone, redone and survive a reload', async ({ page }) => {
  const name = page.getByLabel('Name', { exact: true })
  const before = await name.inputValue()
  await name.fill('Changed')
  await page.keyboard.press('Control+z')
  await expect(name).toHaveValue(before)
  await page.keyboard.press('Control+Shift+Z')
  await expect(name).toHaveValue('Changed')
  await page.reload()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Changed')
})

test('a preset changes the values and says how it differs', async ({ page }) => {
  await page.getByLabel('Preset').nth(1).selectOption('oracle')
  await expect(page.getByText('As the published code:')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'oracle' })).toBeChecked()
  await expect(page.getByText('oracle', { exact: true }).first()).toBeVisible()
})

test('a run.json becomes the draft', async ({ app, page }) => {
  const record = JSON.parse(await readFile(RECORD, 'utf8')) as { experiment: { name: string } }
  record.experiment.name = 'From a record'
  await app.openFile({
    name: 'run.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(record)),
  })
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('From a record')
  await expect(page.getByText('Loaded from run.json')).toBeVisible()
})

test('pasted JSON becomes the draft', async ({ page }) => {
  await page.getByRole('main').evaluate((main) => {
    const data = new DataTransfer()
    data.setData('text/plain', '{"name": "From the clipboard", "dataset": {"id": "mnist-10k"}}')
    main.firstElementChild?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
  })
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('From the clipboard')
})

test('the experiment is copied as JSON and as the command line of the same run', async ({ page }) => {
  const name = page.getByLabel('Name', { exact: true })
  await page.getByLabel('Poison rate', { exact: true }).fill('0.1')
  await page.getByRole('button', { name: 'Copy as CLI' }).click()
  await expect(page.getByText('Copied', { exact: true })).toBeVisible()
  // A page may not read the clipboard, so it is pasted as a person would.
  await name.fill('')
  await page.keyboard.press('Control+v')
  await expect(name).toHaveValue('npm run -s cli -- run default --set attack.params.poisonRate=0.1')
  await name.fill('Copied and pasted')
  await expect(page.getByText('Ready to run')).toBeVisible()
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  await page.getByRole('button', { name: 'Reset Poison rate to 0.05' }).click()
  await page.getByRole('heading', { name: 'Dataset' }).focus()
  await page.keyboard.press('Control+v')
  await expect(page.getByText('Loaded from the clipboard')).toBeVisible()
  await expect(page.getByLabel('Poison rate', { exact: true })).toHaveValue('0.1')
})

test('everything that is wrong is listed at once, and each problem leads to its field', async ({ page }) => {
  await page.getByLabel('Batch size', { exact: true }).first().fill('0')
  await page.getByLabel('Poison rate', { exact: true }).fill('1.4')
  await page.getByText('Trigger recovery', { exact: true }).click()
  await page.getByLabel('Patch size', { exact: true }).fill('40')
  const problems = page.getByRole('list', { name: 'What needs attention' }).getByRole('listitem')
  await expect(problems).toHaveCount(3)
  for (const words of [
    'Batch size must be at least 1.',
    'Poison rate must be at most 1.',
    'Patch size is larger than',
  ]) {
    await expect(page.locator('.field').getByText(words)).toBeVisible()
  }
  await problems.filter({ hasText: 'defenses.0.params.recovery.patchSize' }).getByRole('button').click()
  await expect(page.getByLabel('Patch size', { exact: true })).toBeFocused()
  await expect(page.getByRole('button', { name: 'Launch' })).toBeDisabled()
})

test('what the run will take is measured and said before it starts', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Start from' }).selectOption('tiny')
  const estimate = page.getByRole('region', { name: 'Estimate' })
  await expect(estimate.getByText('470 steps').first()).toBeVisible()
  await expect(estimate.getByText('Measured on this machine: every stage')).toBeVisible({ timeout: 120_000 })
  await expect(estimate.getByText(/MB of memory, [\d.]+ MB on disk/)).toBeVisible()
  await estimate.getByText('at most, by stage').click()
  await expect(estimate.getByText('BAERASER: Unlearn triggers')).toBeVisible()
  // Other epochs need no other measurement.
  await page.getByLabel('Epochs', { exact: true }).first().fill('20')
  await expect(estimate.getByText('940 steps').nth(1)).toBeVisible({ timeout: 4_000 })
})

test('a run folder that is dropped on the window brings its settings back', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'unbackdoor-run-'))
  const record = JSON.parse(await readFile(RECORD, 'utf8')) as { experiment: { name: string } }
  record.experiment.name = 'From a folder'
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  await writeFile(join(folder, 'victim.safetensors'), 'weights')
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await dropOn(page, folder)
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('From a folder')
  await rm(join(folder, 'run.json'))
  await dropOn(page, folder)
  await expect(page.getByText('is no run: there is no run.json in it.')).toBeVisible()
  await rm(folder, { recursive: true })
})

test('what was typed survives a crash of the page', async ({ page, hostKind }) => {
  test.skip(hostKind === 'desktop', 'The window asks first whether to show the page again.')
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Typed just before')
  const address = page.url()
  const crashed = page.waitForEvent('crash')
  await Promise.all([crashed, page.goto('chrome://crash').catch(() => undefined)])
  const next = await page.context().newPage()
  await next.goto(address)
  await expect(next.getByLabel('Name', { exact: true })).toHaveValue('Typed just before')
})

test('a file that is no experiment is named as such', async ({ app, page }) => {
  await app.openFile({
    name: 'notes.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"a": 1}'),
  })
  await expect(page.getByText('notes.json: This JSON holds no experiment')).toBeVisible()
})
