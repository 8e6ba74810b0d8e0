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

const DATASETS_FOLDER = '/srv/unbackdoor/cache/datasets'
/** What the gallery replays. */
const PRESET = 'default'

const { values } = parseArgs({ options: { 'keep-run': { type: 'boolean', default: false } } })
const folder = fileURLToPath(new URL('../src-renderer/gallery/recordings', import.meta.url))
const workspace = mkdtempSync(join(tmpdir(), 'unbackdoor-record-'))
const served = await startServed(workspace)
try {
  const connection = await connect(served)
  const catalogue = await connection.call('catalogue.list')
  const { experiment } = catalogue.experiments.find((/** @type {{ id: string }} */ { id }) => id === PRESET)
  write('catalogue.json', pretty(catalogue))
  const datasets = await connection.call('dataset.list')
  write('datasets.json', pretty({ ...datasets, folder: DATASETS_FOLDER }))
  write('preview.json', pretty(await connection.call('trigger.preview', { experiment, count: PREVIEW_IMAGES })))
  write('estimate.json', pretty(await connection.call('experiment.estimate', { experiment })))
  if (!values['keep-run']) await recordRun(connection, experiment)
  write('system.json', pretty(withoutFolders(await connection.call('system.report'))))
  connection.close()
} finally {
  await served.end()
  rmSync(workspace, { recursive: true, force: true })
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
  write('run/run.json', pretty({ ...record, engine: hideLibrary(record.engine) }))
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
  writeFileSync(target, content)
}

/** Where things lie on the machine that recorded is nobody's business. @param {object} engine */
function hideLibrary(engine) {
  return { ...engine, libraryFolder: '/srv/unbackdoor/cache/engines' }
}

/** @param {{ engine: object, datasetCache: object }} system */
function withoutFolders(system) {
  return {
    ...system,
    workspace: '/srv/unbackdoor/workspace',
    engine: hideLibrary(system.engine),
    datasetCache: { ...system.datasetCache, folder: DATASETS_FOLDER },
  }
}

/** @param {import('./served/connect.mjs').RunEvent} event */
function shortened(event) {
  if (event.type === 'run.planned') return { ...event, engine: hideLibrary(/** @type {object} */ (event.engine)) }
  if (event.type !== 'run.wall') return event
  const confidence = /** @type {number[]} */ (event.confidence).map((each) => Number(each.toFixed(CONFIDENCE_DIGITS)))
  return { ...event, confidence }
}
