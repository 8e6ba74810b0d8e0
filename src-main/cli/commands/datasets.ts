import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../src-shared/contract/errors.js'
import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import {
  DatasetName,
  ImportOptions,
  type DatasetActivity,
  type DatasetState,
} from '../../../src-shared/model/dataset.js'
import { IMAGE_FOLDER } from '../../../src-shared/model/official-datasets.js'
import { createLiveLine } from '../live-line.js'
import { count, duration, formatTable, megabytes, plain, printJson, printResult, say } from '../output.js'
import { withApp, type AppClient } from '../session.js'
import { EXIT_CANCELLED, EXIT_OK } from './run.js'

const LOOK_EVERY_MS = 100
const DEFAULT_NAME = 'images'

export interface DatasetsOptions {
  readonly workspace: string
  readonly json: boolean
}

/** Which datasets there are, and which of them are on this machine. */
export function listDatasets({ workspace, json }: DatasetsOptions): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const { datasets, folder } = await client.call('dataset.list', {})
    if (json) {
      printJson(datasets)
      return EXIT_OK
    }
    printResult(formatTable(datasets.map(row), ['left', 'left', 'left', 'right']))
    printResult(`\nStored in ${folder}`)
    printResult('Get one: datasets download ID, or, from files that you have: datasets import ID FILE')
    return EXIT_OK
  })
}

function row({ id, name, presence, stored, bytes, downloadBytes, activity, error }: DatasetState): string[] {
  const status = {
    'built-in': 'comes with the program',
    ready: stored?.verified === 'checksum' ? 'ready, verified' : 'ready',
    absent: downloadBytes === null ? 'nothing imported' : `not there, ${megabytes(downloadBytes)} to download`,
  }[presence]
  const images =
    stored === null
      ? ''
      : `${count(stored.trainImages)} + ${count(stored.testImages)} images, ` +
        `${shapeText(stored)}, ${stored.classNames.length} classes`
  const state = activity !== null ? describeActivity(activity) : error !== null ? 'failed' : status
  return [name === null ? id : `${id} ${name}`, state, images, bytes === 0 ? '' : megabytes(bytes)]
}

function shapeText({ shape }: NonNullable<DatasetState['stored']>): string {
  return `${shape.height} x ${shape.width} ${shape.channels === 1 ? 'gray' : 'RGB'}`
}

/** All that is known of one dataset. */
export function showDataset(
  id: string,
  { workspace, json, name }: DatasetsOptions & { name: string | null },
): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const state = await find(client, id, nameFor(id, name))
    if (json) printJson(state)
    else show(state)
    return EXIT_OK
  })
}

function show({ id, title, presence, stored, file, bytes, downloadBytes, error }: DatasetState): void {
  printResult(`${plain(title)} (${id})`)
  if (error !== null) printResult(`Failed: ${plain(error.message)}${error.hint === undefined ? '' : `\n${error.hint}`}`)
  if (stored === null) {
    if (presence === 'built-in') printResult('Comes with the program.')
    else if (downloadBytes !== null)
      printResult(`Not there; datasets download ${id} fetches ${megabytes(downloadBytes)}.`)
    return
  }
  const { mean, deviation } = stored.pixelNormalization
  const lines: [string, string][] = [
    ['Images', `${count(stored.trainImages)} to train, ${count(stored.testImages)} to test, ${shapeText(stored)}`],
    ['Classes', `${stored.classNames.length}: ${plain(stored.classNames.join(', '))}`],
    ['Pixels', `mean ${mean.join(' ')}, deviation ${deviation.join(' ')} (of 0..1)`],
    ['Verified', stored.verified === 'checksum' ? 'byte for byte the official content' : 'form and counts only'],
    ['Imported', `${stored.importedAt} from ${plain(stored.source)}`],
    ['File', `${file ?? ''} (${megabytes(bytes)})`],
    ['SHA-256', stored.sha256],
  ]
  printResult(lines.map(([label, value]) => `${label.padEnd(9)} ${value}`).join('\n'))
  for (const note of stored.notes) printResult(plain(note))
}

export interface ImportCommandOptions extends DatasetsOptions {
  readonly name: string | null
  readonly size: number | null
  readonly channels: string
  readonly testShare: number
  readonly splitSeed: number
}

export function importCommand(id: string, path: string, options: ImportCommandOptions): Promise<number> {
  const { workspace, json, size, channels, testShare, splitSeed } = options
  return withApp({ workspace, threads: null }, async (client, { grant }) => {
    const name = nameFor(id, options.name)
    const chosen = parseOrThrow(ImportOptions, { size, channels, testShare, splitSeed })
    return follow(client, { id, name, json }, () =>
      client.call('dataset.import', { id, ...(name === null ? {} : { name }), grant: grant(path), options: chosen }),
    )
  })
}

export function downloadCommand(id: string, { workspace, json }: DatasetsOptions): Promise<number> {
  return withApp({ workspace, threads: null }, (client) =>
    follow(client, { id, name: null, json }, () => client.call('dataset.download', { id })),
  )
}

export function removeCommand(
  id: string,
  { workspace, name: asked }: { workspace: string; name: string | null },
): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const name = nameFor(id, asked)
    await client.call('dataset.remove', { id, name })
    say(`Removed ${name === null ? id : `${id} "${name}"`}.`)
    return EXIT_OK
  })
}

/** Only folders of images have names. */
function nameFor(id: string, name: string | null): DatasetName | null {
  if (id === IMAGE_FOLDER) return parseOrThrow(DatasetName, name ?? DEFAULT_NAME, ['name'])
  if (name === null) return null
  throw new AppError({
    code: 'invalid-input',
    message: `--name is for ${IMAGE_FOLDER}: ${id} is there once or not at all.`,
  })
}

async function find(client: AppClient, id: string, name: DatasetName | null): Promise<DatasetState> {
  const { datasets } = await client.call('dataset.list', {})
  const found = datasets.find((dataset) => dataset.id === id && dataset.name === name)
  if (found !== undefined) return found
  const known = datasets.map((dataset) => (dataset.name === null ? dataset.id : `${dataset.id} --name ${dataset.name}`))
  throw new AppError({
    code: 'not-found',
    message: `There is no dataset ${name === null ? id : `${id} "${name}"`}. Known: ${[...new Set(known)].join(', ')}.`,
  })
}

/** Shows how getting a dataset goes, to its end. Interrupt cancels it. */
async function follow(
  client: AppClient,
  { id, name, json }: { id: string; name: DatasetName | null; json: boolean },
  start: () => Promise<unknown>,
): Promise<number> {
  const live = createLiveLine(process.stderr)
  const begun = performance.now()
  let cancelled = false
  const onInterrupt = (): void => {
    cancelled = true
    process.once('SIGINT', () => process.exit(EXIT_CANCELLED))
    client.call('dataset.cancel', { id, name }).catch((error: unknown) => say(String(error)))
  }
  await start()
  process.once('SIGINT', onInterrupt)
  try {
    const describe = createPaceWords()
    let state = await find(client, id, name)
    while (state.activity !== null) {
      live.replace(`      ${describe(state.activity)}`)
      await delay(LOOK_EVERY_MS)
      state = await find(client, id, name)
    }
    live.clear()
    if (state.error !== null) throw new AppError(state.error)
    if (cancelled || state.stored === null) {
      say('Cancelled. What has arrived of a download is kept for the next try.')
      return EXIT_CANCELLED
    }
    if (json) printJson(state)
    else {
      show(state)
      say(`Ready after ${duration(performance.now() - begun)}.`)
    }
    return EXIT_OK
  } finally {
    live.clear()
    process.off('SIGINT', onInterrupt)
  }
}

function describeActivity({ phase, text, done, total, unit }: DatasetActivity): string {
  const amount = (value: number): string => (unit === 'bytes' ? megabytes(value) : count(value))
  const progress = total === null ? [] : [`${amount(done)} of ${amount(total)}${unit === 'bytes' ? '' : ` ${unit}`}`]
  return [`${phase} ${text}`, ...progress].join(' · ')
}

/** Adds the time left, as the present part has gone so far. */
function createPaceWords(): (activity: DatasetActivity) => string {
  let part = { key: '', since: 0, from: 0 }
  return (activity) => {
    const key = `${activity.phase} ${activity.total}`
    const now = performance.now()
    if (part.key !== key) part = { key, since: now, from: activity.done }
    const gone = activity.done - part.from
    if (activity.total === null || gone <= 0) return describeActivity(activity)
    const leftMs = ((now - part.since) / gone) * (activity.total - activity.done)
    return `${describeActivity(activity)} · ${duration(leftMs)} left`
  }
}
