import AxeBuilder from '@axe-core/playwright'
import { expect, test } from './served-page.js'

const SERIOUS = ['serious', 'critical']

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has a serious finding in ${colorScheme}`, async ({ served, page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await served.open()
    await page.getByRole('button', { name: 'Take a quick look' }).click()
    await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 })
    const run = new URL(page.url()).hash
    for (const hash of [run, `${run}?view=figures`, '#/', '#/compose', '#/runs', '#/settings', '#/nowhere']) {
      await page.evaluate((place) => {
        location.hash = place
      }, hash)
      await page.waitForTimeout(300)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations
        .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
        .map(({ id, nodes }) => `${hash} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
      expect(found).toEqual([])
    }
  })
}

test('nothing lies outside the window at 200 % zoom', async ({ served, page }) => {
  await page.setViewportSize({ width: 640, height: 360 })
  await served.open()
  for (const hash of ['#/', '#/compose', '#/runs', '#/settings']) {
    await page.evaluate((place) => {
      location.hash = place
    }, hash)
    await page.waitForTimeout(200)
    const overflow = await page.evaluate(() => {
      const main = document.querySelector('main')
      return main === null ? null : main.scrollWidth - main.clientWidth
    })
    expect(overflow, hash).toBe(0)
  }
})
