// Measures the page in Debian's Chromium and writes the tables of "The page" in docs/results.md.
//
//   npm run results -- page                          all of it, about a quarter of an hour
//   npm run results -- page --only live,streaming    some of it; the other tables stay as they are
//
// Figures mean something only where nothing else keeps the machine busy; how busy it was stands beside them.

import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { format, resolveConfig } from 'prettier'
import { findBrowser } from '../test/browser.mjs'
import { machineLine, row } from './machine.mjs'
import { measureCrowd } from './page/crowd.mjs'
import { measureFirstVisit } from './page/first-visit.mjs'
import { measureInspector } from './page/inspector.mjs'
import { measureLiveEvents } from './page/live-events.mjs'
import { measureLongChart } from './page/long-chart.mjs'
import { measureLongLog } from './page/long-log.mjs'
import { measureManyRuns } from './page/many-runs.mjs'
import { measureStreaming } from './page/streaming.mjs'

/**
 * @typedef {{ what: string, measured: string, wanted: string }} Figure
 * @typedef {{ title: string, how: string, measure: (browser: import('@playwright/test').Browser) => Promise<Figure[]> }} Part
 */

/** @type {Record<string, Part>} */
const parts = {
  first: {
    title: 'A first visit',
    how: 'Medians of nine visits without a cache, each to the link that the terminal prints.',
    measure: measureFirstVisit,
  },
  runs: {
    title: '10,000 runs',
    how: 'Run folders made by `scripts/make-runs.mjs`; 240 frames of scrolling, 200 pixels each; eleven keystrokes.',
    measure: measureManyRuns,
  },
  chart: {
    title: '100,000 points in one chart',
    how: 'A run of 50,000 epochs with two figures each, opened over the socket like any other.',
    measure: measureLongChart,
  },
  log: {
    title: '100,000 lines in one log',
    how: 'A run with as many remarks, opened over the socket; 240 frames of scrolling, 4,000 pixels each.',
    measure: measureLongLog,
  },
  inspector: {
    title: 'Looking into a run',
    how:
      'Runs of seed 1 made for it: a small CNN on all of MNIST, which has to be imported, and ResNet-18 of full width on ' +
      '28 x 28 pixels, each with one repaired model. 240 frames of scrolling, 400 pixels each; thirty steps without a ' +
      'pause, where prefetching cannot keep up; nothing of it in any cache.',
    measure: measureInspector,
  },
  live: {
    title: '60 events a second',
    how:
      'The recorded run at six times its speed, over the memory wire: what answers the page works on its main thread ' +
      'too, so these are upper bounds.',
    measure: measureLiveEvents,
  },
  streaming: {
    title: 'Training while pages look on',
    how: 'The victim of the default experiment for four epochs on the real engine, the ways taking turns; medians.',
    measure: measureStreaming,
  },
  crowd: {
    title: 'Two hundred clients on one run',
    how:
      'The same training, alone and watched in turn, medians of five; then again and again for ten minutes. Clients are ' +
      'sockets on this machine that look at nothing of what comes.',
    measure: measureCrowd,
  },
}

const { values } = parseArgs({ args: process.argv.slice(3), options: { only: { type: 'string' } } })
const wanted = values.only?.split(',') ?? Object.keys(parts)
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`)

const found = findBrowser()
if (!('path' in found)) throw new Error(found.reason)
const browser = await chromium.launch({ executablePath: found.path, args: ['--disable-dev-shm-usage'] })
try {
  for (const name of wanted) {
    const part = parts[name]
    if (part === undefined) continue
    const [load = 0] = loadavg()
    const figures = await part.measure(browser)
    const table = [
      row(['what', 'measured', 'wanted']),
      row(['---', '---', '---']),
      ...figures.map(({ what, measured, wanted }) => row([what, measured, wanted])),
    ].join('\n')
    process.stdout.write(`\n${part.title}\n${table}\n`)
    await keep(
      name,
      `### ${part.title}\n\n${table}\n\n${part.how} ${machineLine()} Load when it began: ${load.toFixed(1)}.`,
    )
  }
} finally {
  await browser.close()
}

/**
 * Puts a part where its marks are in docs/results.md.
 * @param {string} name
 * @param {string} text
 */
async function keep(name, text) {
  const path = fileURLToPath(new URL('../../docs/results.md', import.meta.url))
  const before = readFileSync(path, 'utf8')
  const [begin, end] = [`<!-- page: ${name} -->`, `<!-- page: ${name}, end -->`]
  const from = before.indexOf(begin)
  const to = before.indexOf(end)
  if (from === -1 || to < from) throw new Error(`docs/results.md has no place marked "${begin}" to "${end}"`)
  const after = `${before.slice(0, from)}${begin}\n\n${text}\n\n${before.slice(to)}`
  writeFileSync(path, await format(after, { ...(await resolveConfig(path)), parser: 'markdown' }))
}
