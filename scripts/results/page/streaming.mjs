import { connectAs, letIn } from '../../served/connect.mjs'
import { startServed } from '../../served/start-served.mjs'
import { median, percent } from './numbers.mjs'
import { VIEWPORT, withWorkspace } from './served-page.mjs'
import { train, victimExperiment } from './victim-training.mjs'

const ROUNDS = 5
const ONLOOKERS = [1, 2]

/**
 * @typedef {import('../../served/connect.mjs').Connection} Connection
 * @typedef {{ origin: string, cookie: string }} Guest
 *
 * @typedef {object} Onlookers there before a run begins
 * @property {(runId: string) => Promise<unknown>} follow
 * @property {() => Promise<unknown>} leave
 *
 * @typedef {{ title: string, come: () => Promise<Onlookers> }} Way
 */

/**
 * @param {import('@playwright/test').Browser} browser
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureStreaming(browser) {
  return withWorkspace(async (workspace) => {
    const served = await startServed(workspace)
    const guest = { origin: served.origin, cookie: await letIn(served) }
    const connection = await connectAs(guest)
    try {
      const experiment = await victimExperiment(connection)
      /** @type {Way[]} */
      const ways = [
        { title: 'nobody looks on', come: nobody },
        { title: 'two pages on other machines', come: () => listeners(guest) },
        { title: 'two pages on this machine', come: () => windows(browser, guest) },
      ]
      // The first run pays for what is made ready, so it does not count.
      await trainBefore(connection, experiment, nobody)
      const seconds = ways.map(() => /** @type {number[]} */ ([]))
      for (let round = 0; round < ROUNDS; round++) {
        for (const [index, { come }] of ways.entries()) {
          seconds[index]?.push(await trainBefore(connection, experiment, come))
        }
      }
      const medians = seconds.map(median)
      const alone = medians[0] ?? Number.NaN
      return ways.map(({ title }, index) => {
        const taken = medians[index] ?? Number.NaN
        const isAlone = index === 0
        return {
          what: `training, ${title}`,
          measured: `${taken.toFixed(2)} s${isAlone ? '' : `, ${percent(taken / alone - 1)} more`}`,
          wanted: isAlone ? '' : 'less than 2 % more',
        }
      })
    } finally {
      connection.close()
      await served.end()
    }
  })
}

/**
 * @param {Connection} connection
 * @param {object} experiment
 * @param {Way['come']} come
 * @returns {Promise<number>} seconds of training alone
 */
async function trainBefore(connection, experiment, come) {
  const onlookers = await come()
  const seconds = await train(connection, experiment, onlookers.follow)
  await onlookers.leave()
  return seconds
}

/** @returns {Promise<Onlookers>} */
async function nobody() {
  return { follow: async () => undefined, leave: async () => undefined }
}

/**
 * What pages elsewhere cost this machine: two sockets that are sent everything.
 * @param {Guest} guest
 * @returns {Promise<Onlookers>}
 */
async function listeners(guest) {
  const connections = await Promise.all(ONLOOKERS.map(() => connectAs(guest)))
  return { follow: async () => undefined, leave: async () => connections.forEach((each) => each.close()) }
}

/**
 * Two pages that follow the run and draw it, with the processor that trains.
 * @param {import('@playwright/test').Browser} browser
 * @param {Guest} guest
 * @returns {Promise<Onlookers>}
 */
async function windows(browser, { origin, cookie }) {
  const context = await browser.newContext({ viewport: VIEWPORT })
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url: origin }])
  const pages = await Promise.all(
    ONLOOKERS.map(async () => {
      const page = await context.newPage()
      await page.goto(origin)
      await page.getByText('Connected', { exact: true }).waitFor()
      return page
    }),
  )
  return {
    follow: (runId) =>
      Promise.all(pages.map((page) => page.evaluate((runId) => void (location.hash = `/runs/${runId}`), runId))),
    leave: () => context.close(),
  }
}
