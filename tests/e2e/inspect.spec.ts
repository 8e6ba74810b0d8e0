import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect as usual, openFinishedRun, test } from './host/app.js'

test.use({ workspace: 'prepared' })

/** The engine that looks into runs starts with the first question, and every answer is computed. */
const expect = usual.configure({ timeout: 60_000 })

const cell = (page: Page, name: RegExp): Locator => page.getByRole('img', { name })
const attacked = (page: Page): Locator => cell(page, /^Triggered, victim: .*heat for class/)
const pixels = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL('image/png'))

/** What is drawn once it is no longer what it was. */
async function changed(canvas: Locator, before: string): Promise<string> {
  await expect.poll(() => pixels(canvas), { timeout: 60_000 }).not.toBe(before)
  return pixels(canvas)
}

test('a sample of a finished run is looked into, by several methods and at several layers', async ({ app, shared }) => {
  await openFinishedRun({ app, shared })
  const { page } = app
  await page.getByRole('main').getByRole('link', { name: 'Inspect' }).click()
  await expect(page).toHaveURL(/#\/inspect\/\d{8}-/)
  await expect(cell(page, /^Clean, victim: .*heat for class/)).toBeVisible()
  await expect(cell(page, /^Triggered, repaired: .*inside the trigger/)).toBeVisible()

  const gradCam = await pixels(attacked(page))
  await page.getByLabel('Method').selectOption({ label: 'Input gradient' })
  const gradient = await changed(attacked(page), gradCam)
  await expect(page.getByLabel('Layer', { exact: true })).toHaveCount(0)
  await page.getByLabel('Method').selectOption({ label: 'Grad-CAM' })
  const again = await changed(attacked(page), gradient)
  const layers = page.getByLabel('Layer', { exact: true })
  await layers.selectOption({ index: 1 })
  await changed(attacked(page), again)
  await page.getByLabel('Opacity of the heat').fill('0')
  await page.getByLabel('Class that is explained').selectOption('target')
  await expect(page).toHaveURL(/class=target/)

  // The address restores it.
  const heading = page.getByRole('heading', { name: /^Sample \d+$/ })
  const sample = await heading.textContent()
  await page.reload()
  await expect(heading).toHaveText(sample ?? '')
  await expect(page.getByLabel('Class that is explained')).toHaveValue('target')
  await expect(layers).not.toHaveValue('')
})

test('keys walk the samples, in the grid and on the page', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/5`)
  const heading = page.getByRole('heading', { name: /^Sample \d+$/ })
  await expect(heading).toHaveText('Sample 5')
  const selected = page.getByRole('grid', { name: 'Samples' }).getByRole('gridcell', { selected: true })
  await expect(selected).toHaveAccessibleName(/^Sample 5, true class .*, answer /)
  await selected.focus()
  await page.keyboard.press('ArrowRight')
  await expect(heading).toHaveText('Sample 6')
  await expect(selected).toBeFocused()
  await page.keyboard.press('Control+End')
  await expect(heading).not.toHaveText('Sample 6')
  await page.keyboard.press('Control+Home')
  await expect(heading).toHaveText('Sample 0')
  await expect(page).toHaveURL(/\/0$/)

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('ArrowRight')
  await expect(heading).toHaveText('Sample 1')
  await expect(attacked(page)).toBeVisible()
})

test('what is shown leaves the page with run, sample and settings', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/2`)
  await expect(attacked(page)).toBeVisible()
  const exported = (format: string) =>
    app.saveFile(async () => {
      await page.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: format }).click()
    })
  const csv = (await exported('CSV')).bytes.toString('utf8')
  expect(csv).toContain(`${runId},evaluation,2,victim,triggered,grad-cam,last map,predicted,probability,`)
  const png = (await exported('PNG')).bytes
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
  const svg = (await exported('SVG')).bytes.toString('utf8')
  expect(svg).toContain(runId)
  expect(svg).toContain('data:image/png;base64,')
})

test('the heat of all samples is measured, with curves, and leaves as a table and as arrays', async ({
  app,
  shared,
}) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/0?part=heat`)
  const panel = page.getByRole('region', { name: 'Heat over the split' })
  await expect(panel.getByText(/^Over all [\d,]+ samples/)).toBeVisible()
  // The same figures put the samples in order.
  await page.getByRole('combobox', { name: /^Sort/ }).selectOption({ label: 'Heat inside the trigger' })
  await expect(page).toHaveURL(/sort=-heat/)
  await expect(page.getByText('Measuring where the heat of all samples lies')).toHaveCount(0)

  await panel.getByLabel('Insertion and deletion too').check()
  const curves = page.getByRole('img', { name: /^Insertion and deletion: Victim, insertion.*Repaired, deletion/ })
  // Each sample is asked about forty times.
  await expect(curves).toBeVisible({ timeout: 120_000 })
  const exported = (format: string) =>
    app.saveFile(async () => {
      await panel.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: format }).click()
    })
  const [heads, first] = (await exported('CSV')).bytes.toString('utf8').split('\r\n')
  expect(heads).toBe(
    'run,split,method,layer,model,sample,true class,heat inside the trigger,hottest pixel inside,area of the trigger,insertion,deletion',
  )
  expect(first).toContain(`${runId},evaluation,grad-cam,last map,victim,`)
  const npz = (await exported('NPZ')).bytes.toString('latin1')
  for (const part of ['about.npy', 'victim_inside.npy', 'repaired_insertion_mean.npy', runId])
    expect(npz).toContain(part)
})

test('features are brought into the plane by t-SNE and UMAP, with parameters', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/0?part=features`)
  const plot = page.getByRole('img', { name: /^Features, victim/ })
  await expect(plot).toBeVisible()
  let before = await pixels(plot)
  const controls = page.getByRole('form', { name: 'Method of the embedding' })
  await controls.getByLabel('Samples').selectOption('150')
  for (const [method, field, value, words] of [
    ['t-sne', 'Iterations', '250', /t-SNE, perplexity 30, 250 iterations/],
    ['umap', 'Neighbours', '8', /UMAP, 8 neighbours, .*seed 1/],
  ] as const) {
    await controls.getByLabel('Method of the embedding').selectOption(method)
    await controls.getByLabel(field).fill(value)
    await controls.getByRole('button', { name: 'Compute' }).click()
    await expect(page.getByText(words)).toBeVisible()
    before = await changed(plot, before)
  }
  await controls.getByLabel('Neighbours').fill('1')
  await expect(controls.getByRole('button', { name: 'Compute' })).toBeDisabled()
  await expect(controls.getByText('Of each point, 2 to 200')).toBeVisible()
})

test('a filter asks for the answers that it needs', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/0`)
  const samples = page.getByRole('region', { name: 'Samples' })
  for (const name of ['Flipped by the attack', 'Repaired', 'Wrong after']) {
    await samples.getByRole('button', { name, exact: true }).click()
    await expect(samples.getByText(/^[\d,]+ of [\d,]+ samples$/)).toBeVisible()
  }
})

test('a cell of a confusion matrix leads to its samples', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/0?part=confusion`)
  const matrix = page.getByRole('grid', { name: 'Triggered, victim: true class by answer' })
  const filled = matrix.getByRole('button', { name: /^[1-9]\d* samples? of class/ }).first()
  const words = (await filled.getAttribute('aria-label')) ?? ''
  await filled.click()
  const [, found] = /^(\d+)/.exec(words) ?? []
  await expect(page.getByRole('region', { name: 'Samples' }).getByText(`${found} of `)).toBeVisible()
  await expect(page).toHaveURL(/true=\d+&answer=\d+/)
})

test('recovered triggers are judged by class and by epoch, and can be put on the samples', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/0?part=triggers`)
  const byClass = page.getByRole('region', { name: 'Success by class' })
  // A head and ten classes, of which one is the attacker's.
  await expect(byClass.getByRole('row')).toHaveCount(11)
  await expect(byClass.getByRole('row').filter({ hasText: 'oracle' })).toHaveCount(1)
  await expect(byClass.getByText(/lies highest: [\d.]+ % beyond its base rate/)).toBeVisible()
  const exported = (panel: Locator, format: string) =>
    app.saveFile(async () => {
      await panel.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: format }).click()
    })
  const classes = (await exported(byClass, 'CSV')).bytes.toString('utf8').trimEnd().split('\r\n')
  expect(classes).toHaveLength(11)
  expect(classes[1]).toContain(runId)

  const byEpoch = page.getByRole('region', { name: 'Distance to the true trigger (evaluation only)', exact: true })
  await expect(byEpoch.getByRole('img', { name: /Median of the sheet, Nearest of the sheet/ })).toBeVisible()
  expect((await exported(byEpoch, 'NPZ')).bytes.toString('latin1')).toContain('distances_epoch_1.npy')

  const sheet = page.getByRole('region', { name: 'Recovered triggers', exact: true })
  expect((await exported(sheet, 'NPZ')).bytes.toString('latin1')).toContain('triggers.npy')
  const slider = sheet.getByLabel('Sheet of recovered triggers')
  const before = await slider.getAttribute('aria-valuetext')
  await slider.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(slider).not.toHaveAttribute('aria-valuetext', before ?? '')
  await sheet.getByRole('button', { name: 'Put recovered trigger 2 on the samples' }).click()
  await expect(page.getByRole('radio', { name: 'Recovered trigger' })).toBeChecked()
  await expect(page).toHaveURL(/view=recovered.*patch=1@/)
})

test('values of every part leave as arrays', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  const files: readonly (readonly [part: string, panel: string | RegExp, names: readonly string[]])[] = [
    ['sample', 'Sample', ['heat_victim_triggered.npy', 'probabilities_defense_1_clean.npy', 'image_clean.npy']],
    ['confusion', /^Triggered, repaired$/, ['triggered_repaired.npy', 'clean_victim.npy']],
    ['network', 'Activations', ['victim_triggered.npy', 'defense_1_clean.npy']],
    ['network', /^Trigger-activated change/, ['victim.npy', 'repaired.npy']],
    ['network', 'Parameters', ['relative.npy', '_channels.npy']],
    ['frequencies', 'Frequencies', ['clean.npy', 'difference.npy']],
  ]
  for (const [part, name, arrays] of files) {
    await app.goTo(`#/inspect/${runId}/1?part=${part}`)
    const panel = page.getByRole('region', { name, exact: typeof name === 'string' })
    await expect(panel).toBeVisible()
    // The matrices leave together.
    const from = part === 'confusion' ? page.getByRole('main') : panel
    const { bytes } = await app.saveFile(async () => {
      await from.getByRole('button', { name: 'Export' }).click()
      await page.getByRole('menuitem', { name: 'NPZ' }).click()
    })
    const text = bytes.toString('latin1')
    for (const array of ['about.npy', runId, ...arrays]) expect(text, `${part}: ${array}`).toContain(array)
  }
})

test('one is led back to the run that was looked into, and from there to the choice of another', async ({
  app,
  shared,
}) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  await app.goTo(`#/inspect/${runId}/3?part=network`)
  await expect(page.getByRole('region', { name: 'Layers' })).toBeVisible()
  const nav = page.getByRole('navigation', { name: 'Main' })
  await nav.getByRole('link', { name: 'Runs' }).click()
  await nav.getByRole('link', { name: 'Inspect' }).click()
  await expect(page).toHaveURL(new RegExp(`#/inspect/${runId}/3\\?part=network$`))
  await nav.getByRole('link', { name: 'Inspect' }).click()
  await expect(page.getByText('Choose a run to look into')).toBeVisible()
})

test('every part of an inspection can be used without seeing it', async ({ app, shared }) => {
  await app.open()
  const { page } = app
  const { runId } = await shared.prepared()
  const parts: readonly (readonly [part: string, shown: () => Locator])[] = [
    ['sample', () => attacked(page)],
    ['confusion', () => page.getByRole('grid', { name: /^Triggered, repaired/ })],
    ['heat', () => page.getByRole('img', { name: /^Heat inside the trigger, distribution/ })],
    ['triggers', () => page.getByRole('img', { name: /^Distance to the true trigger/ })],
    ['network', () => page.getByRole('img', { name: /^Values of / })],
    ['features', () => page.getByRole('img', { name: /^Features, victim/ })],
    ['frequencies', () => page.getByRole('img', { name: 'Frequencies: Clean images' })],
  ]
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [part, shown] of parts) {
      await app.goTo(`#/inspect/${runId}/1?part=${part}`)
      await expect(shown()).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${part} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
      expect(found).toEqual([])
    }
  }
})
