import { startServed } from '../../served/start-served.mjs'
import { median, ms } from './numbers.mjs'
import { VIEWPORT, withWorkspace } from './served-page.mjs'

const VISITS = 9

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureFirstVisit(browser) {
  return withWorkspace(async (workspace) => {
    const paints = []
    const interactive = []
    const bytes = []
    for (let visit = 0; visit < VISITS; visit++) {
      const served = await startServed(workspace)
      const context = await browser.newContext({ viewport: VIEWPORT })
      try {
        const page = await context.newPage()
        await page.goto(served.link)
        // Connected, and the first thing to do can be done.
        await page.getByText('Connected', { exact: true }).waitFor()
        await page.locator('button:enabled', { hasText: 'Take a quick look' }).waitFor()
        interactive.push(await page.evaluate(() => performance.now()))
        const seen = await page.evaluate(() => ({
          paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
          bytes: performance
            .getEntriesByType('resource')
            .reduce((sum, entry) => sum + /** @type {PerformanceResourceTiming} */ (entry).transferSize, 0),
        }))
        paints.push(seen.paintMs)
        bytes.push(seen.bytes)
      } finally {
        await context.close()
        await served.end()
      }
    }
    return [
      { what: 'first contentful paint', measured: ms(median(paints)), wanted: 'below 1 s' },
      {
        what: 'connected, and the first button can be pressed',
        measured: ms(median(interactive)),
        wanted: 'below 2 s',
      },
      { what: 'bytes of scripts and styles', measured: `${(median(bytes) / 1024).toFixed(0)} KB`, wanted: '' },
    ]
  })
}
