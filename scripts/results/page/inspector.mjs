import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../../bootstrap/cache.mjs'
import { connect } from '../../served/connect.mjs'
import { startServed } from '../../served/start-served.mjs'
import { median, ms, spread } from './numbers.mjs'
import { frameTimes, scrollFrames, withServedPage, withWorkspace } from './served-page.mjs'

const SEED = 1
/** Rows of samples are 50 pixels high: eight in a frame is faster than anybody reads. */
const PIXELS_PER_FRAME = 400
/** As many as the page asks for in one go while somebody walks. */
const AHEAD = 8
const ALONE = 20
const ROUNDS = 6
const STEPS = 30

/** A defense, so that there are four pictures of each sample; what it achieves does not matter here. */
const defenses = [{ id: 'fine-tuning', params: { training: { epochs: 1 } } }]
const attack = { id: 'badnets', preset: 'white-corner' }

/** All training images of MNIST, to be scrolled. */
const digits = {
  name: 'All digits',
  seed: SEED,
  dataset: { id: 'mnist' },
  model: { id: 'small-cnn' },
  attack,
  training: { epochs: 1, batchSize: 256 },
  defenses,
}
/** Full width; few images, since how well it was trained changes nothing in how long an answer takes. */
const residual = {
  ...digits,
  name: 'ResNet-18',
  dataset: { id: 'mnist-10k', params: { images: 200 } },
  model: { id: 'resnet18', params: { stem: 'small-images', width: 64 } },
}

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureInspector(browser) {
  return withWorkspace((workspace) =>
    withFreshCache(workspace, async () => {
      const runs = await finishedRuns(workspace)
      const answers = await askEngine(workspace, runs)
      const { scrolling, walking } = await withServedPage(browser, workspace, async (open) => {
        const page = await open(`#/inspect/${runs.digits}/0?split=train`)
        await page.getByRole('gridcell', { selected: true }).waitFor({ timeout: 120_000 })
        await page.getByRole('img', { name: /^Triggered, repaired: .*heat for class/ }).waitFor({ timeout: 120_000 })
        const list = '[role=grid][aria-label=Samples] canvas'
        const scrolling = await frameTimes(page, () => scrollFrames(page, list, PIXELS_PER_FRAME))
        return { scrolling, walking: await walk(page) }
      })
      return [
        { what: 'frame time while scrolling 60,000 samples', measured: spread(scrolling), wanted: '17 ms' },
        {
          what: 'next sample by key, until its four heatmaps are drawn, small CNN',
          measured: spread(walking),
          wanted: 'below 150 ms',
        },
        ...answers,
      ]
    }),
  )
}

/**
 * With a cache in which no answer is kept, and the datasets of the user.
 * @template T
 * @param {string} workspace
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withFreshCache(workspace, work) {
  const { UNBACKDOOR_CACHE: before } = process.env
  const cache = join(workspace, 'cache')
  mkdirSync(cache)
  symlinkSync(join(cacheFolder(), 'datasets'), join(cache, 'datasets'))
  process.env.UNBACKDOOR_CACHE = cache
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.UNBACKDOOR_CACHE
    else process.env.UNBACKDOOR_CACHE = before
  }
}

/**
 * @param {string} workspace
 * @returns {Promise<{ digits: string, residual: string }>}
 */
async function finishedRuns(workspace) {
  const served = await startServed(workspace)
  const connection = await connect(served)
  try {
    const run = async (/** @type {object} */ experiment) => {
      const ended = Promise.withResolvers()
      const stop = connection.onEvent((event) => {
        if (event.type === 'run.finished') ended.resolve(event)
        if (event.type === 'run.failed') ended.reject(new Error(JSON.stringify(event)))
      })
      const { runId } = await connection.call('run.start', { experiment })
      await ended.promise
      stop()
      return runId
    }
    return { digits: await run(digits), residual: await run(residual) }
  } finally {
    connection.close()
    await served.end()
  }
}

/**
 * Heatmaps of samples that were never asked for: of two models, clean and triggered.
 * @param {string} workspace
 * @param {{ digits: string, residual: string }} runs
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
async function askEngine(workspace, runs) {
  const served = await startServed(workspace)
  const connection = await connect(served)
  try {
    const figures = []
    for (const { title, runId, wanted } of [
      { title: 'small CNN', runId: runs.digits, wanted: 'below 150 ms' },
      { title: 'ResNet-18', runId: runs.residual, wanted: 'below 500 ms' },
    ]) {
      let next = 0
      const ask = async (/** @type {number} */ count) => {
        const indices = Array.from({ length: count }, () => next++)
        const began = performance.now()
        await connection.call('inspection.explain', {
          runId,
          split: 'train',
          indices,
          models: ['victim', 'defense-1'],
          views: [{ kind: 'clean' }, { kind: 'triggered' }],
          method: 'grad-cam',
        })
        return (performance.now() - began) / count
      }
      // Opens the run, loads the weights and traces the network.
      const opening = await ask(1)
      await ask(AHEAD)
      const alone = []
      for (let k = 0; k < ALONE; k++) alone.push(await ask(1))
      const together = []
      for (let round = 0; round < ROUNDS; round++) together.push(await ask(AHEAD))
      figures.push(
        { what: `first Grad-CAM of a run, with opening it, ${title}`, measured: ms(opening), wanted: '' },
        { what: `Grad-CAM of one sample, four heatmaps, ${title}`, measured: spread(alone), wanted },
        { what: `the same of ${AHEAD} at once, per sample, ${title}`, measured: ms(median(together)), wanted },
      )
    }
    return figures
  } finally {
    connection.close()
    await served.end()
  }
}

/**
 * Walks along the samples, waiting for each.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<number[]>} milliseconds
 */
async function walk(page) {
  await page.getByRole('heading', { level: 1 }).click()
  // Measured inside the page: what it takes to tell a script elsewhere is no part of it.
  const recorder = await page.evaluateHandle(() => {
    /** @type {number[]} */
    const times = []
    const sample = () => document.querySelector('section[aria-label=Sample] h2')?.textContent
    const heats = () => document.querySelectorAll('section[aria-label=Sample] canvas[aria-label*="heat for class"]')
    addEventListener(
      'keydown',
      ({ timeStamp }) => {
        const before = sample()
        const look = () => {
          if (sample() !== before && heats().length >= 4) times.push(performance.now() - timeStamp)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      },
      { capture: true },
    )
    return times
  })
  for (let step = 1; step <= STEPS; step++) {
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(([times, step]) => times.length >= step, /** @type {const} */ ([recorder, step]))
  }
  return recorder.jsonValue()
}
