import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { letIn } from '../../served/connect.mjs'
import { startServed } from '../../served/start-served.mjs'

const SCROLL_FRAMES = 240
export const VIEWPORT = { width: 1280, height: 720 }

/**
 * A workspace of its own, gone afterwards.
 * @template T
 * @param {(workspace: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withWorkspace(work) {
  const workspace = mkdtempSync(join(tmpdir(), 'unbackdoor-measure-'))
  try {
    return await work(workspace)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

/**
 * The served page of a workspace, entered already, so that it can be opened any number of times.
 * @template T
 * @param {import('@playwright/test').Browser} browser
 * @param {string} workspace
 * @param {(open: (hash: string) => Promise<import('@playwright/test').Page>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withServedPage(browser, workspace, work) {
  const served = await startServed(workspace)
  const context = await browser.newContext({ viewport: VIEWPORT })
  try {
    const [name = '', value = ''] = (await letIn(served)).split('=')
    await context.addCookies([{ name, value, url: served.origin }])
    return await work(async (hash) => {
      const page = await context.newPage()
      await page.goto(`${served.origin}/${hash}`)
      return page
    })
  } finally {
    await context.close()
    await served.end()
  }
}

/**
 * Times from one frame to the next, in milliseconds, while something is done.
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<void>} act
 * @returns {Promise<number[]>}
 */
export async function frameTimes(page, act) {
  const recorder = await page.evaluateHandle(() => {
    /** @type {number[]} */
    const times = []
    let isOn = true
    let last = performance.now()
    const tick = (/** @type {number} */ now) => {
      times.push(now - last)
      last = now
      if (isOn) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    return { times, stop: () => (isOn = false) }
  })
  await act()
  // The first one began before anything was done.
  return recorder.evaluate(({ times, stop }) => {
    stop()
    return times.slice(1)
  })
}

/**
 * Scrolls a long list, a step in every frame.
 * @param {import('@playwright/test').Page} page
 * @param {string} list selector of the list or of something inside its scroller
 * @param {number} pixels
 */
export function scrollFrames(page, list, pixels) {
  return page.evaluate(
    ({ list, pixels, frames }) =>
      new Promise((/** @type {(value: void) => void} */ resolve) => {
        let scroller = document.querySelector(list)
        while (scroller !== null && scroller.scrollHeight <= scroller.clientHeight) scroller = scroller.parentElement
        let left = frames
        const next = () => {
          if (scroller !== null) scroller.scrollTop += pixels
          if (left-- > 0) requestAnimationFrame(next)
          else resolve()
        }
        next()
      }),
    { list, pixels, frames: SCROLL_FRAMES },
  )
}

/**
 * How long keys take from being pressed to the next picture on the screen, in milliseconds.
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<void>} act
 * @returns {Promise<number[]>}
 */
export async function keyTimes(page, act) {
  const recorder = await page.evaluateHandle(() => {
    /** @type {number[]} */
    const times = []
    const listen = (/** @type {KeyboardEvent} */ { timeStamp }) => {
      requestAnimationFrame(() => {
        // A message arrives once the frame has been painted.
        const { port1, port2 } = new MessageChannel()
        port1.addEventListener('message', () => times.push(performance.now() - timeStamp))
        port1.start()
        port2.postMessage(null)
      })
    }
    addEventListener('keydown', listen, { capture: true })
    return { times, stop: () => removeEventListener('keydown', listen, { capture: true }) }
  })
  await act()
  await page.waitForTimeout(300)
  return recorder.evaluate(({ times, stop }) => {
    stop()
    return times
  })
}
