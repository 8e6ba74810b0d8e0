import { expect, test } from './host/app.js'

test.use({ workspace: 'prepared' })

test('nothing lies outside the window at 200 % zoom', async ({ app, page, shared }) => {
  await page.setViewportSize({ width: 640, height: 360 })
  await app.open()
  const { runId } = await shared.prepared()
  const inspect = `#/inspect/${runId}/0`
  const places = [
    '#/',
    '#/compose',
    '#/runs',
    '#/inspect',
    inspect,
    '#/compare',
    '#/studies',
    '#/studies/new',
    '#/settings',
  ]
  for (const hash of places) {
    await app.goTo(hash)
    await page.waitForTimeout(200)
    const overflow = await page.evaluate(() => {
      const main = document.querySelector('main')
      return main === null ? null : main.scrollWidth - main.clientWidth
    })
    expect(overflow, hash).toBe(0)
    const hidden = await page.evaluate(() => {
      const { scrollHeight, clientHeight } = document.documentElement
      return scrollHeight - clientHeight
    })
    expect(hidden, hash).toBe(0)
  }
})
