import { expect, test } from './served-page.js'

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
