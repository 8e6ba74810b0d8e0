import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './host/app.js'

const plan = (page: Page) => page.getByRole('complementary', { name: 'Plan' })
const matrix = (page: Page) => page.getByRole('region', { name: 'Runs of the study, table' })
const results = (page: Page) => page.getByRole('region', { name: 'Results on mnist-10k, table' })

/** The first plan waits for the engine to start. */
const expectReady = (page: Page) => expect(plan(page)).toContainText('Ready to start', { timeout: 60_000 })

/** Leaves the smallest study of all chosen: one attack, one defense, one seed. */
async function chooseLittle(page: Page): Promise<void> {
  await expectReady(page)
  for (const other of [/^TrojanNN/, /^IMC/, /^MESA/, /^Fine-tuning/, /^Fine-Pruning/, /^BAERASER/]) {
    await page.getByRole('checkbox', { name: other }).uncheck()
  }
}

/** Serious findings in both appearances. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue
      found.push(`${colorScheme} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    }
  }
  return found
}

test('a study is planned, run, watched and exported, and its address restores it', async ({ app }) => {
  const page = await app.open()
  await page.getByRole('link', { name: 'Studies', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'No studies yet' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Plan a study' }).click()

  // What is wrong is said where it is, and nothing can be started.
  await chooseLittle(page)
  await page.getByRole('checkbox', { name: /^NAD/ }).uncheck()
  await expect(plan(page)).toContainText('Choose at least one defense.')
  await page.getByRole('checkbox', { name: /^Fine-tuning/ }).check()
  const seeds = page.getByRole('spinbutton', { name: 'Number of seeds' })
  await seeds.fill('101')
  await expect(page.getByRole('alert')).toContainText('must be at most 100')
  await expect(plan(page).getByRole('button', { name: /^Start/ })).toBeDisabled()
  await seeds.fill('1')
  await expect(plan(page)).toContainText('2: 1 dataset × (1 attack + clean model) × 1 seed')
  await plan(page).getByRole('button', { name: 'Start 2 runs' }).click()

  await expect(page).toHaveURL(/#\/studies\/paper-tiny$/)
  await expect(matrix(page).getByRole('link', { name: /^mnist-10k, clean model, seed 1: running/ })).toBeVisible({
    timeout: 60_000,
  })
  await expect(page.getByRole('button', { name: 'Cancel what is left (2)' })).toBeVisible()
  await expect(matrix(page).getByRole('link', { name: /^mnist-10k, badnets, seed 1: done/ })).toBeVisible({
    timeout: 150_000,
  })
  await expect(page.getByRole('main')).toContainText('2 done')
  await expect(results(page).getByRole('row').filter({ hasText: 'fine-tuning' })).toHaveCount(2)
  await expect(page.getByRole('region', { name: 'Defenses ranked' })).toContainText('fine-tuning')

  await page.getByRole('button', { name: 'Export' }).click()
  const { name, bytes } = await app.saveFile(() => page.getByRole('menuitem', { name: /CSV/ }).click())
  expect(name).toBe('paper-tiny.csv')
  expect(bytes.toString()).toMatch(
    /^dataset,attack,defense.*\r\n(.*\r\n)*mnist-10k,badnets,fine-tuning,defender,1,0\.\d/,
  )

  await page.reload()
  await expect(results(page).getByRole('row').filter({ hasText: 'fine-tuning' })).toHaveCount(2)
  await expect(page.getByRole('button', { name: /Run what is missing/ })).toBeHidden()
  await page.getByRole('link', { name: 'Show in the list of runs' }).click()
  await expect(page.getByRole('table', { name: 'Runs' }).getByRole('row')).toHaveCount(3)

  // Another defense makes other runs of it; those that were done count again as soon as they are asked for.
  await app.goTo('#/studies/new')
  await chooseLittle(page)
  await expect(plan(page)).toContainText('Its plan is replaced by this one')
  await expect(plan(page).getByRole('button', { name: 'Start 2 runs' })).toBeEnabled()
  await page.getByRole('checkbox', { name: /^NAD/ }).uncheck()
  await page.getByRole('checkbox', { name: /^Fine-tuning/ }).check()
  await expect(plan(page)).toContainText('Nothing left to run')
  expect(await findings(page)).toEqual([])
  await plan(page).getByRole('button', { name: 'Show the tables' }).click()
  await expect(results(page)).toBeVisible()
  expect(await findings(page)).toEqual([])
  await app.goTo('#/studies')
  await expect(page.getByRole('region', { name: 'Studies, table' })).toContainText('2 done')
  expect(await findings(page)).toEqual([])
})

test('a study is started, cancelled and taken up again with keys', async ({ app }) => {
  const page = await app.open()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('go to studies')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'No studies yet' })).toBeVisible()
  await page.keyboard.press('n')
  await expectReady(page)
  await page.getByRole('radio', { name: /^Tiny/ }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(plan(page)).toContainText('The BAERASER study, small', { timeout: 30_000 })
  await page.keyboard.press('ArrowLeft')
  await expectReady(page)
  await page.keyboard.press('Control+Enter')
  await expect(page).toHaveURL(/#\/studies\/paper-tiny$/)
  await expect(page.getByRole('main')).toContainText(/[34] waiting/)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('cancel what is left')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toContainText('4 cancelled', { timeout: 60_000 })
  await page.keyboard.press('Control+Enter')
  // Each run is looked at by the engine first, which has begun to train for one that was looked at before.
  await expect(page.getByRole('button', { name: 'Cancel what is left (4)' })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Cancel what is left (4)' }).press('Enter')
  await expect(page.getByRole('main')).toContainText('4 cancelled', { timeout: 60_000 })

  const kept: unknown = JSON.parse(await readFile(join(app.workspace, 'studies', 'paper-tiny', 'study.json'), 'utf8'))
  expect(kept).toMatchObject({ name: 'paper-tiny' })
  await page.keyboard.press('Control+k')
  await page.keyboard.type('open study')
  await expect(page.getByRole('option').first()).toContainText('The BAERASER study, tiny')
})
