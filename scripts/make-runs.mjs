// Makes run folders without running anything, to try and to measure the workbench on many runs. The figures are drawn
// from a seeded generator and mean nothing.
//
//   node scripts/make-runs.mjs WORKSPACE [COUNT]       10000 by default

import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {import('zod').z.input<typeof import('../src-shared/model/run-record.js').RunRecord>} RecordFile
 * @typedef {import('../src-shared/model/run-record.js').DefenseSummary} DefenseSummary
 * @typedef {import('../src-shared/model/run-annotations.js').AnnotationsFile} AnnotationsFile
 * @typedef {{ record: RecordFile, events: object[], annotations: AnnotationsFile | null }} MadeRun
 */

const SEEDS = 5
const TRAIN_EPOCHS = 8
const UNLEARN_EPOCHS = 6
const EVALUATED = /** @type {const} */ ('evaluation')
const attacks = [{ id: 'badnets' }, { id: 'blended' }, { id: 'sig' }, null]
const defenses = ['baeraser', 'fine-tuning', 'neural-cleanse']
const datasets = ['mnist-10k', 'cifar10']
const tags = ['baseline', 'ablation', 'paper', 'poison-rate', 'to-check']

/**
 * Experiments one after the other, each with five seeds. Every attack, defense, dataset and state occurs.
 * @param {number} index
 * @returns {MadeRun}
 */
export function makeRun(index) {
  const random = generator(index + 1)
  const experimentNumber = Math.floor(index / SEEDS)
  const seed = (index % SEEDS) + 1
  const createdMs = Date.UTC(2026, 0, 1) + index * 60_000
  const at = (/** @type {number} */ seconds) => new Date(createdMs + seconds * 1000).toISOString()
  const time = at(0).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const runId = `${time}-${index.toString(36).padStart(6, '0')}`
  const attack = attacks[experimentNumber % attacks.length] ?? null
  const defense = defenses[Math.floor(experimentNumber / attacks.length) % defenses.length] ?? 'baeraser'
  const status = index % 50 === 49 ? 'failed' : index % 70 === 69 ? 'cancelled' : 'done'

  const clean = 0.95 + 0.04 * random()
  const before = scores(clean, attack === null ? null : 0.9 + 0.09 * random())
  const after = scores(clean - 0.02 * random(), attack === null ? null : 0.2 * random())
  /** @type {DefenseSummary} */
  const outcome = {
    id: defense,
    preset: null,
    knowledge: 'defender',
    outcome: 'repaired',
    keptEpoch: UNLEARN_EPOCHS,
    findings: [],
    detection: {
      threshold: 0.2,
      classes: Array.from({ length: 10 }, (_, each) => ({
        class: each,
        name: String(each),
        recoveredSuccess: each === 0 ? 0.9 : 0.02 * random(),
        baseRate: 0.01 * random(),
      })),
      target: 0,
    },
    after,
  }
  const stages = [
    { kind: 'load', title: 'Load data', defense: null },
    { kind: 'poison', title: 'Poison training images', defense: null },
    { kind: 'train', title: 'Train victim', defense: null },
    { kind: 'evaluate', title: 'Evaluate victim', defense: null },
    { kind: 'unlearn', title: `${defense}: Unlearn triggers`, defense: 0 },
    { kind: 'evaluate', title: `${defense}: Evaluate`, defense: 0 },
  ]
  /** @type {RecordFile} */
  const record = {
    format: 'unbackdoor.run',
    version: 1,
    runId,
    status,
    experiment: {
      format: 'unbackdoor.experiment',
      version: 1,
      name: `${attack?.id ?? 'Clean'} against ${defense}, ${experimentNumber}`,
      seed,
      dataset: { id: datasets[experimentNumber % datasets.length] ?? 'mnist-10k', params: { images: 10_000 } },
      model: { id: 'small-cnn', params: { width: 16 } },
      attack:
        attack === null
          ? null
          : { id: attack.id, params: { targetClass: 0, poisonRate: round(0.01 * (1 + (experimentNumber % 40))) } },
      training: { epochs: TRAIN_EPOCHS, batchSize: 64, learningRate: 0.05, momentum: 0.9, weightDecay: 0.0005 },
      defender: { share: 0.25, validationShare: 0.2 },
      defenses: [{ id: defense, params: { epochs: UNLEARN_EPOCHS, learningRate: 0.001 } }],
    },
    createdAt: at(0),
    startedAt: at(1),
    finishedAt: at(40),
    versions: { unbackdoor: '0.1.0', node: 'v24.0.0', tfjs: '4.22.0', platform: 'linux x64' },
    engine: {
      backend: 'tensorflow',
      variant: 'cpu',
      tensorflowVersion: '2.18.1',
      libraryFolder: '/opt/engine/lib',
      devices: ['CPU'],
      threads: 2,
      reason: 'made up',
    },
    stages: /** @type {RecordFile['stages']} */ (stages),
    summary:
      status === 'done'
        ? {
            before,
            attackTook: attack === null ? null : true,
            testImages: 1875,
            triggeredImages: attack === null ? 0 : 1687,
            defenses: [outcome],
            seconds: { load: 0.1, poison: 0.1, train: 20, recover: 0, unlearn: 8, evaluate: 1, total: 30 },
            peakMemoryMb: 690,
            tensorsLeft: 0,
          }
        : null,
    error: status === 'failed' ? { code: 'internal', message: 'The loss became NaN in "Train victim".' } : null,
    artifacts: [],
  }

  const said = (/** @type {number} */ seconds, /** @type {object} */ fact) => ({ ...fact, runId, at: at(seconds) })
  const loss = (/** @type {number} */ stage, /** @type {number} */ epoch, /** @type {number} */ epochs) => ({
    type: 'run.progress',
    stage,
    epoch,
    epochs,
    step: 100,
    steps: 100,
    imagesPerSecond: 2000,
    remainingMs: 1000 * (epochs - epoch),
    loss: 2 / (1 + epoch) + 0.1 * random(),
  })
  const measured = (
    /** @type {number} */ stage,
    /** @type {number | null} */ epoch,
    /** @type {ReturnType<typeof scores>} */ { cleanAccuracy, attackSuccessRate, robustAccuracy, baseRate },
  ) => ({
    type: 'run.metrics',
    stage,
    epoch,
    origin: EVALUATED,
    values: {
      cleanAccuracy,
      ...(attackSuccessRate === null || robustAccuracy === null || baseRate === null
        ? {}
        : { attackSuccessRate, robustAccuracy, baseRate }),
    },
  })
  const between = (/** @type {number} */ share) =>
    scores(
      before.cleanAccuracy + share * (after.cleanAccuracy - before.cleanAccuracy),
      before.attackSuccessRate === null || after.attackSuccessRate === null
        ? null
        : before.attackSuccessRate + share * (after.attackSuccessRate - before.attackSuccessRate),
    )
  const training = Array.from({ length: TRAIN_EPOCHS }, (_, i) => {
    const share = (i + 1) / TRAIN_EPOCHS
    const success = before.attackSuccessRate === null ? null : before.attackSuccessRate * Math.sqrt(share)
    return [
      said(2 + 2 * i, loss(2, i + 1, TRAIN_EPOCHS)),
      said(3 + 2 * i, measured(2, i + 1, scores(before.cleanAccuracy * Math.sqrt(share), success))),
    ]
  }).flat()
  const end =
    status === 'failed'
      ? [said(39, { type: 'run.failed', error: record.error })]
      : status === 'cancelled'
        ? [said(39, { type: 'run.cancelled' })]
        : [
            said(20, { type: 'run.stage', index: 3 }),
            said(21, measured(3, null, before)),
            said(22, { type: 'run.stage', index: 4 }),
            ...Array.from({ length: UNLEARN_EPOCHS + 1 }, (_, epoch) => [
              ...(epoch === 0 ? [] : [said(22 + 2 * epoch, loss(4, epoch, UNLEARN_EPOCHS))]),
              said(23 + 2 * epoch, measured(4, epoch, between(epoch / UNLEARN_EPOCHS))),
            ]).flat(),
            said(38, { type: 'run.stage', index: 5 }),
            said(39, measured(5, null, after)),
            said(40, { type: 'run.finished', summary: record.summary }),
          ]
  const events = [
    said(0, { type: 'run.queued' }),
    said(1, { type: 'run.planned', stages, engine: record.engine }),
    said(2, { type: 'run.stage', index: 2 }),
    ...training,
    ...end,
  ]
  return {
    record,
    events: events.map((event, position) => ({ ...event, seq: position + 1 })),
    annotations: annotationsOf(index),
  }
}

/**
 * @param {string} workspace
 * @param {MadeRun} run
 */
export async function writeRun(workspace, { record, events, annotations }) {
  const folder = join(resolve(workspace), 'runs', record.runId)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`)
  await writeFile(join(folder, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  if (annotations !== null) await writeFile(join(folder, 'annotations.json'), `${JSON.stringify(annotations)}\n`)
}

/**
 * @param {string} workspace
 * @param {number} count
 */
export async function makeRuns(workspace, count) {
  for (let index = 0; index < count; index++) await writeRun(workspace, makeRun(index))
}

/**
 * Every fourth run has been annotated.
 * @param {number} index
 * @returns {AnnotationsFile | null}
 */
function annotationsOf(index) {
  if (index % 4 !== 0) return null
  const place = index / 4
  return {
    format: 'unbackdoor.annotations',
    version: 1,
    tags: [tags[place % tags.length] ?? 'paper', ...(place % 3 === 0 ? ['mnist'] : [])],
    note: place % 5 === 0 ? 'Check this one against the paper.' : '',
    isStarred: place % 10 === 0,
    isArchived: place % 9 === 8,
  }
}

/**
 * @param {number} cleanAccuracy
 * @param {number | null} attackSuccessRate
 */
function scores(cleanAccuracy, attackSuccessRate) {
  return {
    cleanAccuracy,
    attackSuccessRate,
    robustAccuracy: attackSuccessRate === null ? null : 0.98 * (1 - attackSuccessRate),
    baseRate: attackSuccessRate === null ? null : 0.003,
  }
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(6))
}

/**
 * Mulberry32 (Tommy Ettinger, public domain): enough for figures that mean nothing. Gives 0 to 1.
 * @param {number} seed
 */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [workspace, count = '10000'] = process.argv.slice(2)
  if (workspace === undefined || !(Number(count) > 0)) {
    process.stderr.write('Say where: node scripts/make-runs.mjs WORKSPACE [COUNT]\n')
    process.exitCode = 2
  } else {
    await makeRuns(workspace, Number(count))
    process.stdout.write(`${count} runs in ${join(resolve(workspace), 'runs')}\n`)
  }
}
