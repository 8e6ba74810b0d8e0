import { AppError } from '../contract/errors.js'
import type { ModelId } from '../model/inspection.js'
import { gatherHeat, type CommandCaller } from '../report/heat.js'
import { comparisonReport, type ComparedRecord } from '../report/comparison-report.js'
import { reportPictures, runReport, type ReportedRun } from '../report/run-report.js'
import { cardOf, cardText } from '../runs/card.js'
import { runState } from '../runs/run-state.js'
import { weightsPath } from '../runs/weights-path.js'
import { eventPictures, runEvents } from '../tensorboard/run-events.js'
import { decodeSafetensors } from '../weights/safetensors.js'
import { torchFile } from '../weights/torch-file.js'
import { POISONED_FORMATS, poisonedFile } from './poisoned-files.js'
import { metricsTable, resultsJson, resultsLatex } from './result-files.js'

/** A run with its events, and the way to the files that its record lists. */
export interface ExportedRun extends ComparedRecord {
  /** Throws in words where the file is not there. */
  read(path: string): Promise<Uint8Array>
}

export interface ExportOptions {
  /** Whose weights, where weights are written. */
  readonly model: ModelId
  /** For the heatmaps of a report: positions among the test images, or null for the first that the attack turns. */
  readonly samples: readonly number[] | null
  /** Explainer of the heatmaps; null for none. */
  readonly explainer: string | null
  /** The run that the others of a comparison are compared with. */
  readonly baseline: ComparedRecord['record']['runId'] | null
}

export const plainExport: ExportOptions = { model: 'victim', samples: null, explainer: 'grad-cam', baseline: null }

export interface ExportedFile {
  /** Suggested. */
  readonly name: string
  readonly mediaType: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

export const EXPORT_FORMATS = [
  'html',
  'card',
  'csv',
  'json',
  'latex',
  'tensorboard',
  'torch',
  'safetensors',
  ...POISONED_FORMATS,
] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Formats that take several runs into one file; the others take one run. */
export const OF_SEVERAL: readonly ExportFormat[] = ['html', 'csv', 'json', 'latex']
/** Formats that hold the weights of one model of the run. */
export const OF_WEIGHTS: readonly ExportFormat[] = ['torch', 'safetensors']

export const exportWords: Readonly<Record<ExportFormat, { readonly title: string; readonly about: string }>> = {
  html: { title: 'Report', about: 'HTML, opens offline' },
  card: { title: 'Reproducibility card', about: 'JSON, for rerun' },
  csv: { title: 'CSV', about: 'every measured value' },
  json: { title: 'JSON', about: 'results in full' },
  latex: { title: 'LaTeX', about: 'papers, with booktabs' },
  tensorboard: { title: 'TensorBoard', about: 'event file' },
  torch: { title: 'PyTorch', about: 'state_dict' },
  safetensors: { title: 'safetensors', about: 'layout of this program' },
  'poisoned-npz': { title: 'Poisoned dataset', about: 'NumPy' },
  'poisoned-folder': { title: 'Poisoned dataset', about: 'folders of PNG, as ZIP' },
}

/** Runs as a file for others. Nothing is written here; the same in the page and on the command line. */
export async function exportRuns(
  client: CommandCaller,
  runs: readonly [ExportedRun, ...ExportedRun[]],
  format: ExportFormat,
  options: ExportOptions,
): Promise<ExportedFile> {
  if (runs.length > 1 && !OF_SEVERAL.includes(format)) {
    throw new AppError({
      code: 'invalid-input',
      message: `format: "${format}" takes one run, not ${runs.length}`,
      hint: `Several runs are taken by ${OF_SEVERAL.join(', ')}.`,
    })
  }
  const [run] = runs
  const { runId } = run.record
  const name = runs.length > 1 ? 'comparison' : runId
  switch (format) {
    case 'html': {
      const page =
        runs.length > 1
          ? comparisonReport(runs, options.baseline ?? runId)
          : runReport(await reportedRun(client, run, options))
      return { name: `${name}.html`, mediaType: 'text/html', content: page }
    }
    case 'card':
      return {
        name: `${name}.card.json`,
        mediaType: 'application/json',
        content: cardText(cardOf(run.record, run.events)),
      }
    case 'csv':
      return { name: `${name}.csv`, mediaType: 'text/csv', content: metricsTable(runs) }
    case 'json':
      return { name: `${name}.json`, mediaType: 'application/json', content: resultsJson(runs) }
    case 'latex':
      return { name: `${name}.tex`, mediaType: 'application/x-tex', content: resultsLatex(runs) }
    case 'tensorboard': {
      const state = runState(run.record, run.events)
      const content = runEvents(state, await picturesOf(run, eventPictures(state)))
      // TensorBoard looks for "tfevents" in the name.
      return { name: `${name}.tfevents`, mediaType: 'application/octet-stream', content }
    }
    case 'torch': {
      const { tensors } = decodeSafetensors(await weightsOf(run, options.model))
      return { name: `${name}-${options.model}.pt`, mediaType: 'application/octet-stream', content: torchFile(tensors) }
    }
    case 'poisoned-npz':
    case 'poisoned-folder': {
      const ending = format === 'poisoned-npz' ? 'npz' : 'zip'
      const content = await poisonedFile(client, { runId }, format)
      return { name: `${name}-poisoned.${ending}`, mediaType: 'application/octet-stream', content }
    }
    case 'safetensors': {
      const content = Uint8Array.from(await weightsOf(run, options.model))
      return { name: `${name}-${options.model}.safetensors`, mediaType: 'application/x-safetensors', content }
    }
  }
}

function weightsOf(run: ExportedRun, model: ModelId): Promise<Uint8Array> {
  const path = weightsPath(run.record.experiment, model)
  if (run.record.artifacts.some((artifact) => artifact.path === path)) return run.read(path)
  throw new AppError({
    code: 'not-found',
    message: `Run ${run.record.runId} has no ${path}: it ended as ${run.record.status} before it had those weights.`,
  })
}

/** A picture that is gone, or cannot be read, is left out: the rest is still worth having. */
async function picturesOf(run: ExportedRun, paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  const read = await Promise.all(paths.map(async (path) => [path, await run.read(path).catch(absent)] as const))
  return new Map(read.flatMap(([path, png]) => (png === null ? [] : [[path, png] as const])))
}

async function reportedRun(
  client: CommandCaller,
  run: ExportedRun,
  { samples, explainer }: ExportOptions,
): Promise<ReportedRun> {
  const { record, events } = run
  const pictures = await picturesOf(run, reportPictures(record))
  if (explainer === null) return { record, events, pictures, heat: { problem: 'nobody asked for them.' } }
  const heat = await gatherHeat(client, { runId: record.runId, samples, method: explainer }).catch((error: unknown) => {
    // Samples that somebody has chosen have to be there; otherwise the report is worth having without them.
    if (samples === null && error instanceof AppError) return { problem: error.message }
    throw error
  })
  return { record, events, pictures, heat }
}

function absent(error: unknown): null {
  if (error instanceof AppError) return null
  throw error
}
