// Records a real run for the gallery: every event as it was sent, what the page asked for besides, and the pictures.
//
//   npm run setup && node scripts/record-run.mjs                  a minute and a half
//   npm run setup && node scripts/record-run.mjs --keep-run       only the answers to other questions; seconds
//
// Writes src-renderer/gallery/recordings. To be run again when the contract or the catalogue has changed. Weights are
// left out: the page does not read them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connect } from './served/connect.mjs'
import { startServed } from './served/start-served.mjs'

/** The most that one question for a preview may ask for. */
const PREVIEW_IMAGES = 64
/** Digits of a confidence that anything on the page depends on. */
const CONFIDENCE_DIGITS = 3

/** What the gallery replays. */
const PRESET = 'default'

const { values } = parseArgs({ options: { 'keep-run': { type: 'boolean', default: false } } })
const folder = fileURLToPath(new URL('../src-renderer/gallery/recordings', import.meta.url))
const workspace = mkdtempSync(join(tmpdir(), 'unbackdoor-record-'))
// What else was imported on this machine is no part of the recording.
const cache = mkdtempSync(join(tmpdir(), 'unbackdoor-cache-'))
process.env.UNBACKDOOR_CACHE = cache
const served = await startServed(workspace)
/** Where things lie on the machine that recorded is nobody's business. @type {[string, string][]} */
const places = [
  [workspace, '/srv/unbackdoor/workspace'],
  [cache, '/srv/unbackdoor/cache'],
]
try {
  const connection = await connect(served)
  const system = await connection.call('system.report')
  if (system.engine.libraryFolder !== null) places.push([system.engine.libraryFolder, '/srv/unbackdoor/engine'])
  const catalogue = await connection.call('catalogue.list')
  const { experiment } = catalogue.experiments.find((/** @type {{ id: string }} */ { id }) => id === PRESET)
  write('catalogue.json', pretty(catalogue))
  write('datasets.json', pretty(await connection.call('dataset.list')))
  write('preview.json', pretty(await connection.call('trigger.preview', { experiment, count: PREVIEW_IMAGES })))
  write('estimate.json', pretty(await connection.call('experiment.estimate', { experiment })))
  if (!values['keep-run']) await recordRun(connection, experiment)
  write('system.json', pretty(system))
  connection.close()
} finally {
  await served.end()
  for (const folder of [workspace, cache]) rmSync(folder, { recursive: true, force: true })
}

/**
 * @param {import('./served/connect.mjs').Connection} connection
 * @param {object} experiment
 */
async function recordRun(connection, experiment) {
  /** @type {import('./served/connect.mjs').RunEvent[]} */
  const events = []
  const ended = new Promise((resolve) => {
    connection.onEvent((event) => {
      events.push(event)
      if (['run.finished', 'run.failed', 'run.cancelled'].includes(event.type)) resolve(event.type)
    })
  })
  const { runId } = await connection.call('run.start', { experiment })
  if ((await ended) !== 'run.finished') throw new Error(`The run did not finish: ${JSON.stringify(events.at(-1))}`)
  const { record } = await connection.call('run.snapshot', { runId })

  rmSync(join(folder, 'run'), { recursive: true, force: true })
  write('run/run.json', pretty(record))
  write('run/events.jsonl', events.map((event) => `${JSON.stringify(shortened(event))}\n`).join(''))
  for (const { path, mediaType } of record.artifacts) {
    if (mediaType === 'image/png') write(`run/${path}`, await connection.get(`/run/${runId}/files/${path}`))
  }
}

/** @param {unknown} value */
function pretty(value) {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** @param {string} path @param {string | Buffer} content */
function write(path, content) {
  const target = join(folder, path)
  mkdirSync(dirname(target), { recursive: true })
  const hide = (/** @type {string} */ text) => places.reduce((sofar, [from, to]) => sofar.replaceAll(from, to), text)
  writeFileSync(target, typeof content === 'string' ? hide(content) : content)
}

/** @param {import('./served/connect.mjs').RunEvent} event */
function shortened(event) {
  if (event.type !== 'run.wall') return event
  const confidence = /** @type {number[]} */ (event.confidence).map((each) => Number(each.toFixed(CONFIDENCE_DIGITS)))
  return { ...event, confidence }
}
