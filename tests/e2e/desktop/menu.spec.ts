import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../host/desktop-app.js'
import { packageRoot } from '../host/find-electron.js'

test.use({ workspace: 'prepared' })

const RECORD = join(packageRoot, 'src-renderer', 'gallery', 'recordings', 'run', 'run.json')

test('a new experiment is begun from the menu', async ({ app, desktop }) => {
  const page = await app.open()
  await desktop.pressMenu('File', 'New experiment')
  await expect(page).toHaveURL(/#\/compose$/)
  await expect(page.getByText('Ready to run')).toBeVisible()
})

test('an experiment is opened from the menu, and "Cancel" changes nothing', async ({ app, desktop }) => {
  const folder = await mkdtemp(join(tmpdir(), 'unbackdoor-open-'))
  const record = JSON.parse(await readFile(RECORD, 'utf8')) as { experiment: { name: string } }
  record.experiment.name = 'Opened from the menu'
  const path = join(folder, 'run.json')
  await writeFile(path, JSON.stringify(record))
  const page = await app.open()

  const before = page.url()
  await desktop.chooseFile(null)
  await desktop.pressMenu('File', 'Open…')
  await page.waitForTimeout(300)
  expect(page.url()).toBe(before)

  await desktop.chooseFile(path)
  await desktop.pressMenu('File', 'Open…')
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Opened from the menu')
  await rm(folder, { recursive: true })
})

test('the menu has what a person looks for in it', async ({ app, desktop }) => {
  await app.open()
  const labels = await desktop.electronApp.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.items.map(({ label }) => label.replace('&', '')),
  )
  expect(labels).toEqual(expect.arrayContaining(['File', 'Edit', 'View']))
})
