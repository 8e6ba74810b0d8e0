import { makeRuns } from '../../make-runs.mjs'
import { median, ms, spread } from './numbers.mjs'
import { frameTimes, keyTimes, scrollFrames, withServedPage, withWorkspace } from './served-page.mjs'

const RUNS = 10_000
const OPENINGS = 5
const PIXELS_PER_FRAME = 200
/** Long enough to leave ten thousand, then some, then none. */
const TYPED = 'sig seed 3x'

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureManyRuns(browser) {
  return withWorkspace(async (workspace) => {
    await makeRuns(workspace, RUNS)
    return withServedPage(browser, workspace, async (open) => {
      const listed = []
      for (let opening = 0; opening <= OPENINGS; opening++) {
        const page = await open('#/runs')
        await page.getByRole('row').nth(1).waitFor({ timeout: 60_000 })
        listed.push(await page.evaluate(() => performance.now()))
        await page.close()
      }
      const [cold = Number.NaN, ...warm] = listed

      const page = await open('#/runs')
      await page.getByRole('row').nth(1).waitFor()
      await page.waitForTimeout(1_000)
      const frames = await frameTimes(page, () => scrollFrames(page, '[role=table]', PIXELS_PER_FRAME))
      const field = page.getByRole('searchbox').first()
      await field.focus()
      const keys = await keyTimes(page, () => field.pressSequentially(TYPED, { delay: 250 }))
      return [
        { what: 'opened and listed, the first time', measured: ms(cold), wanted: '' },
        { what: 'opened and listed, from then on', measured: ms(median(warm)), wanted: 'below 2 s' },
        { what: 'frame time while scrolling', measured: spread(frames), wanted: '17 ms' },
        { what: 'a keystroke in the filter, to the next picture', measured: spread(keys), wanted: 'below 100 ms' },
      ]
    })
  })
}
