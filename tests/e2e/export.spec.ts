import AxeBuilder from '@axe-core/playwright'
import { expect, openFinishedRun, test } from './host/app.js'

test.use({ workspace: 'prepared' })

test('a run leaves as a report that opens on its own, is accessible and prints', async ({ app, shared, hostKind }) => {
  await openFinishedRun({ app, shared })
  const { page } = app
  await page.getByRole('button', { name: 'Export run' }).click()
  const { name, bytes } = await app.saveFile(async () => {
    await page.getByRole('menuitem', { name: /^Report/ }).click()
    await expect(page.getByRole('main').getByText('Writing…')).toBeHidden({ timeout: 60_000 })
  })
  expect(name).toMatch(/^\d{8}-\d{6}-\w{6}\.html$/)
  // A window of the desktop opens no second page.
  if (hostKind === 'desktop') return

  const reader = await page.context().newPage()
  const problems: string[] = []
  reader.on('console', (message) => problems.push(message.text()))
  reader.on('request', (request) => {
    if (!request.url().startsWith('data:')) problems.push(request.url())
  })
  await reader.setContent(String(bytes))
  for (const title of ['Results', 'Curves', 'Triggers', 'Heatmaps', 'Settings', 'How to repeat it']) {
    await expect(reader.getByRole('heading', { name: title, exact: true })).toBeVisible()
  }
  // The style is let in by its sum, so that the pictures of the samples are drawn as they should be.
  await expect(reader.locator('.samples svg').first()).toHaveCSS('image-rendering', 'pixelated')
  expect(problems).toEqual([])
  for (const colorScheme of ['light', 'dark'] as const) {
    await reader.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page: reader }).analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    ).toEqual([])
  }
  expect((await reader.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-')
  await reader.close()
})

test('weights leave in the form of PyTorch', async ({ app, shared }) => {
  await openFinishedRun({ app, shared })
  const { page } = app
  await page.getByRole('button', { name: 'Export run' }).click()
  const { name, bytes } = await app.saveFile(() => page.getByRole('menuitem', { name: /^PyTorch, victim/ }).click())
  expect(name).toMatch(/-victim\.pt$/)
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
  expect(bytes.includes('_rebuild_tensor_v2')).toBe(true)
})
