import { randomUUID } from 'node:crypto'
import { invalidInput, parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import {
  areaUnderRates,
  ratesAtRate,
  ratesByThreshold,
  type Rates,
} from '../../../src-shared/inspection/detection-rates.js'
import { bytesOf, floatsOf } from '../../../src-shared/model/array-block.js'
import type { ClassScores, DetectorAnswer, SampleScores } from '../../../src-shared/model/detector-answer.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { ModelId } from '../../../src-shared/model/inspection.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import type { PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import { createLiveLine } from '../live-line.js'
import { formatTable, percent, plain, printJson, printResult } from '../output.js'
import { withApp, type AppClient } from '../session.js'
import { setValue } from '../set-value.js'

export interface DetectOptions {
  readonly workspace: string
  /** Null: every detector, by its defaults. */
  readonly detector: string | null
  readonly preset: string | null
  readonly set: readonly string[]
  readonly model: string
  readonly limit: number | null
  /** False positive rate (0..1) at which recall and precision are told. */
  readonly rate: number
  readonly json: boolean
}

interface Found {
  readonly plugin: PluginManifest
  readonly params: JsonObject
  readonly answer: DetectorAnswer
}

/** Lets detectors examine a model of a run, and tells how well they do. Returns the exit code. */
export function detectCommand(id: string, options: DetectOptions): Promise<number> {
  return withApp({ workspace: options.workspace, threads: null }, async (client) => {
    const runId = parseOrThrow(RunId, id, ['runId'])
    const model = parseOrThrow(ModelId, options.model, ['model'])
    const { plugins } = await client.call('catalogue.list', {})
    const all = plugins.filter(({ kind }) => kind === 'detector')
    const { detector } = options
    if (detector === null && (options.preset !== null || options.set.length > 0)) {
      throw refused('detector', 'nothing', 'must be given beside --preset and --set, which are of one detector')
    }
    const wanted = detector === null ? all : [detectorOf(all, detector)]
    const found: Found[] = []
    for (const plugin of wanted) {
      const params = paramsOf(plugin, options)
      const asked = { runId, model, detector: plugin.id, params, limit: options.limit }
      found.push({ plugin, params, answer: await ask(client, plugin.title, asked) })
    }
    if (options.json)
      printJson({ runId, model, rate: options.rate, detectors: found.map((each) => figures(each, options.rate)) })
    else show(found, options.rate)
    return 0
  })
}

function detectorOf(all: readonly PluginManifest[], id: string): PluginManifest {
  const found = all.find((plugin) => plugin.id === id)
  if (found !== undefined) return found
  throw refused('detector', id, `is not a known detector; known: ${all.map((plugin) => plugin.id).join(', ')}`)
}

function paramsOf({ id, presets }: PluginManifest, { preset, set }: DetectOptions): JsonObject {
  const named = presets.find((each) => each.id === preset)
  if (preset !== null && named === undefined) {
    const known = presets.map((each) => each.id).join(', ') || 'none'
    throw refused('preset', preset, `is not a known preset of ${id}; known: ${known}`)
  }
  const params = structuredClone(named?.params ?? {})
  for (const assignment of set) setValue(params, assignment)
  return params
}

function refused(path: string, value: string, message: string) {
  return invalidInput([{ path, value, message }])
}

async function ask(
  client: AppClient,
  title: string,
  asked: Parameters<typeof client.call<'inspection.detect'>>[1],
): Promise<DetectorAnswer> {
  const { replace, clear } = createLiveLine(process.stderr)
  const task = randomUUID()
  const unsubscribe = client.onEvent((event) => {
    if (event.type === 'inspection.progress' && event.task === task && event.total > 0) {
      replace(`${title}: ${percent(event.done / event.total)}`)
    }
  })
  try {
    return await client.call('inspection.detect', { ...asked, task })
  } finally {
    unsubscribe()
    clear()
  }
}

function ratesOf(answer: SampleScores, rate: number): { auroc: number | null; at: Rates; truth: Uint8Array } {
  const truth = bytesOf(answer.truth)
  const byThreshold = ratesByThreshold(floatsOf(answer.scores), truth)
  return { auroc: areaUnderRates(byThreshold), at: ratesAtRate(byThreshold, rate), truth }
}

/** The answer of a detector as plain figures. */
function figures({ plugin: { id }, params, answer }: Found, rate: number): object {
  if (answer.examines === 'model') return { id, params, ...answer }
  const { auroc, at, truth } = ratesOf(answer, rate)
  const suspicious = truth.reduce((sum, each) => sum + each, 0)
  // JSON has no infinity: where nothing is flagged, no threshold is told.
  const threshold = at.flagged === 0 ? null : at.threshold
  return { id, params, examines: answer.examines, samples: truth.length, suspicious, auroc, ...at, threshold }
}

function show(found: readonly Found[], rate: number): void {
  const ofSamples = found.flatMap(({ plugin, answer }) => (answer.examines === 'model' ? [] : [{ plugin, answer }]))
  const ofModels = found.flatMap(({ plugin, answer }) => (answer.examines === 'model' ? [{ plugin, answer }] : []))
  if (ofSamples.length > 0) {
    const heads = ['', 'examines', 'samples', 'suspicious', 'AUROC', 'recall', 'precision', 'at false positives']
    const rows = ofSamples.map(({ plugin, answer }) => {
      const { auroc, at, truth } = ratesOf(answer, rate)
      return [
        plugin.title,
        answer.examines === 'inputs' ? 'test images' : 'training images',
        String(truth.length),
        String(truth.reduce((sum, each) => sum + each, 0)),
        auroc === null ? 'unknown' : auroc.toFixed(3),
        percent(at.recall),
        percent(at.precision),
        percent(at.falsePositiveRate),
      ]
    })
    printResult(formatTable([heads, ...rows], ['left', 'left']))
    printResult(
      `Suspicious are test images with the trigger, and poisoned training images. Thresholds are set by the evaluation, for at most ${percent(rate)} false positives.`,
    )
  }
  for (const { plugin, answer } of ofModels) showClasses(plugin, answer)
}

function showClasses({ title, detects }: PluginManifest, { classes, found, targets }: ClassScores): void {
  const said = found === null ? 'no backdoor' : `class ${plain(classes[found]!.name)}`
  const truth =
    targets.length === 0
      ? 'there is none'
      : `there is one, for ${targets.map((target) => plain(classes[target]!.name)).join(', ')}`
  printResult(`\n${title}: ${said}; ${truth}.`)
  const rows = classes
    .toSorted((a, b) => b.score - a.score)
    .map(({ name, score, anomaly }) => [`  ${plain(name)}`, score.toFixed(3), anomaly?.toFixed(1) ?? 'unknown'])
  printResult(formatTable([['  class', detects?.scoreTitle ?? 'score', 'anomaly index'], ...rows]))
}
