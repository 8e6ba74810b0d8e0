import { makeRun, writeRun } from '../../make-runs.mjs'
import { ms, spread } from './numbers.mjs'
import { frameTimes, keyTimes, withServedPage, withWorkspace } from './served-page.mjs'

const EPOCHS = 50_000
const TRAIN = 2
const HOVERS = 200
const PANS = 40

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureLongChart(browser) {
  return withWorkspace(async (workspace) => {
    const run = longRun()
    await writeRun(workspace, run)
    return withServedPage(browser, workspace, async (open) => {
      const page = await open(`#/runs/${run.record.runId}?view=figures`)
      const panel = page.getByRole('region', { name: 'Accuracy and attack success', exact: true })
      const plot = panel.getByRole('slider', { name: /^Crosshair/ })
      await plot.waitFor({ timeout: 120_000 })
      const opened = await page.evaluate(() => performance.now())
      await page.waitForTimeout(1_000)
      await plot.scrollIntoViewIfNeeded()
      const box = await plot.boundingBox()
      if (box === null) throw new Error('The chart is not to be seen')

      const hovering = await frameTimes(page, async () => {
        for (let k = 0; k < HOVERS; k++) {
          await page.mouse.move(box.x + (box.width * k) / HOVERS, box.y + box.height / 2)
        }
      })
      await plot.focus()
      const zooming = await keyTimes(page, async () => {
        for (let k = 0; k < 6; k++) await plot.press('+', { delay: 100 })
      })
      const panning = await frameTimes(page, async () => {
        for (let k = 0; k < PANS; k++) await plot.press('Shift+ArrowRight')
      })
      return [
        { what: 'opened and drawn', measured: ms(opened), wanted: 'below 5 s' },
        { what: 'frame time while the pointer moves over it', measured: spread(hovering), wanted: '17 ms' },
        { what: 'a step of zooming in, to the next picture', measured: spread(zooming), wanted: 'below 100 ms' },
        { what: 'frame time while the zoomed part is moved', measured: spread(panning), wanted: '17 ms' },
      ]
    })
  })
}

/** A run that was trained for very long: its figures wave, so that every point differs from the next. */
function longRun() {
  const { record } = makeRun(0)
  const { runId } = record
  const startMs = Date.parse(record.createdAt)
  const wave = (/** @type {number} */ epoch, /** @type {number} */ speed) => 0.5 + 0.4 * Math.sin(epoch / speed)
  const facts = [
    { type: 'run.queued' },
    { type: 'run.planned', stages: record.stages, engine: record.engine },
    { type: 'run.stage', index: TRAIN },
    ...Array.from({ length: EPOCHS }, (_, index) => ({
      type: 'run.metrics',
      stage: TRAIN,
      epoch: index + 1,
      origin: 'evaluation',
      values: { cleanAccuracy: wave(index, 900), attackSuccessRate: wave(index, 70) },
    })),
    { type: 'run.finished', summary: record.summary },
  ]
  const events = facts.map((fact, index) => ({
    ...fact,
    runId,
    seq: index + 1,
    at: new Date(startMs + index * 100).toISOString(),
  }))
  return { record, events, annotations: null }
}
