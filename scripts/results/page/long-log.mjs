import { makeRun, writeRun } from '../../make-runs.mjs'
import { ms, spread } from './numbers.mjs'
import { frameTimes, keyTimes, scrollFrames, withServedPage, withWorkspace } from './served-page.mjs'

const LINES = 100_000
const PIXELS_PER_FRAME = 4_000
/** In every line, then in a hundredth of them. */
const TYPED = 'line 42'

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureLongLog(browser) {
  return withWorkspace(async (workspace) => {
    const run = talkativeRun()
    await writeRun(workspace, run)
    return withServedPage(browser, workspace, async (open) => {
      const page = await open(`#/runs/${run.record.runId}?view=log`)
      await page.getByText('Waiting for the engine').waitFor({ timeout: 120_000 })
      const opened = await page.evaluate(() => performance.now())
      await page.waitForTimeout(1_000)
      const frames = await frameTimes(page, () => scrollFrames(page, '[role=log]', PIXELS_PER_FRAME))
      const field = page.getByRole('searchbox', { name: 'Search the log' })
      await field.focus()
      const keys = await keyTimes(page, () => field.pressSequentially(TYPED, { delay: 250 }))
      return [
        { what: 'opened and drawn', measured: ms(opened), wanted: 'below 5 s' },
        { what: 'frame time while scrolling', measured: spread(frames), wanted: '17 ms' },
        { what: 'a keystroke in the search, to the next picture', measured: spread(keys), wanted: 'below 100 ms' },
      ]
    })
  })
}

/** A run that says something a hundred thousand times. */
function talkativeRun() {
  const { record } = makeRun(0)
  const { runId } = record
  const startMs = Date.parse(record.createdAt)
  const levels = ['info', 'warning', 'engine']
  const facts = [
    { type: 'run.queued' },
    { type: 'run.planned', stages: record.stages, engine: record.engine },
    ...Array.from({ length: LINES }, (_, index) => ({
      type: 'run.note',
      level: levels[index % levels.length],
      text: `line ${index}: something that is worth telling, and told once more`,
    })),
    { type: 'run.finished', summary: record.summary },
  ]
  const events = facts.map((fact, index) => ({
    ...fact,
    runId,
    seq: index + 1,
    at: new Date(startMs + index * 10).toISOString(),
  }))
  return { record, events, annotations: null }
}
