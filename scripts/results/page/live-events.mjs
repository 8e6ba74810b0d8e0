import { openGallery } from '../../gallery/open-gallery.mjs'
import { percent } from './numbers.mjs'
import { VIEWPORT } from './served-page.mjs'

/** The recording holds about ten events a second. */
const SPEED = 6
/** Of what is recorded, at this speed nearly all. */
const WATCH_MS = 14_000

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export async function measureLiveEvents(browser) {
  const gallery = await openGallery({ port: 0, isBuilt: true })
  try {
    const figures = []
    for (const { title, view } of [
      { title: 'charts of the run', view: 'figures' },
      { title: 'wall and curves', view: 'wall' },
    ]) {
      const context = await browser.newContext({ viewport: VIEWPORT })
      const page = await context.newPage()
      await page.goto(`${gallery.url}workbench.html?scenario=live&speed=0`)
      await page.getByText('Connected', { exact: true }).waitFor()
      await page.evaluate((view) => (location.hash += `?view=${view}`), view)
      await page.waitForTimeout(500)
      const { share, eventsPerSecond } = await busyShare(page)
      figures.push({
        what: `share of time that the main thread is busy, ${title} in view`,
        measured: `${percent(share)} at ${eventsPerSecond.toFixed(0)} events a second`,
        wanted: 'below 20 %',
      })
      await context.close()
    }
    return figures
  } finally {
    await gallery.close()
  }
}

/** @param {import('@playwright/test').Page} page */
async function busyShare(page) {
  const session = await page.context().newCDPSession(page)
  // In time of the processor: what other programs take from the page is not the page's.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busySeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  }
  const counter = await page.evaluateHandle((speed) => {
    const { recordedApp } = /** @type {import('../../../src-renderer/gallery/recorded-window.js').RecordedWindow} */ (
      window
    )
    const counted = { events: 0 }
    recordedApp?.subscribe(() => counted.events++)
    recordedApp?.setSpeed(speed)
    return counted
  }, SPEED)
  const [startMs, startBusy] = [performance.now(), await busySeconds()]
  await page.waitForTimeout(WATCH_MS)
  const seconds = (performance.now() - startMs) / 1000
  const busy = (await busySeconds()) - startBusy
  const events = await counter.evaluate(({ events }) => events)
  return { share: busy / seconds, eventsPerSecond: events / seconds }
}
