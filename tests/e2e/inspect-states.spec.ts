import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect as usual, runFromPalette, test } from './host/app.js'

/** The engine that looks into runs starts with the first question. */
const expect = usual.configure({ timeout: 60_000 })

const heat = (page: Page, title: string) => page.getByRole('img', { name: new RegExp(`^${title}: .*heat for class`) })

test('weights that are spoilt or gone are said in words, and everything else goes on', async ({ app, shared }) => {
  const { folder, runId } = await shared.prepared()
  const run = join(app.workspace, 'runs', runId)
  await cp(join(folder, 'runs', runId), run, { recursive: true })
  const victim = join(run, 'victim.safetensors')
  const whole = await readFile(victim)
  await writeFile(victim, whole.subarray(0, whole.length / 2))
  await app.open()
  const { page } = app

  await app.goTo(`#/inspect/${runId}/1`)
  await expect(
    page.getByText(/^The victim cannot be asked\. The weights in victim\.safetensors cannot be used/),
  ).toBeVisible()
  await expect(heat(page, 'Triggered, repaired')).toBeVisible()
  await expect(heat(page, 'Triggered, victim')).toHaveCount(0)
  // The frames in the grid are those of the model that can be asked.
  await expect(page.getByRole('radio', { name: 'Repaired' })).toBeChecked()
  await expect(page.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/answer /)
  await app.goTo(`#/inspect/${runId}/1?part=network`)
  await expect(page.getByRole('img', { name: /^Channel \d+, Triggered, repaired/ }).first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'Parameters, table' }).getByRole('row')).not.toHaveCount(1)

  await writeFile(victim, whole)
  await rm(join(run, 'repaired.safetensors'))
  await page.reload()
  await expect(
    page.getByText(/ cannot be asked\. .*repaired\.safetensors is not in the folder of the run/),
  ).toBeVisible()
  await app.goTo(`#/inspect/${runId}/1`)
  await expect(heat(page, 'Triggered, victim')).toBeVisible()
})

test('a run in progress can be looked into, and what it saves is there without being asked for again', async ({
  app,
}) => {
  await app.open()
  const { page } = app
  await runFromPalette(page, 'run experiment a first look')
  await page.getByRole('main').getByRole('link', { name: 'Inspect' }).click()
  await expect(page.getByRole('gridcell', { selected: true })).toBeVisible()
  await expect(heat(page, 'Triggered, victim')).toBeVisible()
  await expect(heat(page, 'Triggered, repaired')).toBeVisible()
  await expect(page.getByText(/cannot be asked/)).toHaveCount(0)
})
