import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { scaleFor } from '../../../src-shared/inspection/heat-colours.js'
import { csvOf, npzOf } from '../../../src-shared/inspection/values-file.js'
import { bytesOf, floatBlock, floatsOf, intBlock, type FloatBlock } from '../../../src-shared/model/array-block.js'
import { RunId } from '../../../src-shared/model/ids.js'
import {
  ExplainedClass,
  SplitId,
  type Explanation,
  type Inspection,
  type Region,
  type View,
} from '../../../src-shared/model/inspection.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import { fromBase64 } from '../../../src-shared/util/base64.js'
import { heatSheet, type HeatCell } from '../../../src-shared/inspection/heat-sheet.js'
import { formatTable, percent, plain, printJson, printResult } from '../output.js'
import { withApp } from '../session.js'
import { setValue } from '../set-value.js'

/** Samples that travel in one answer. */
const AT_ONCE = 16

export interface ExplainOptions {
  readonly workspace: string
  readonly samples: readonly number[]
  readonly split: string
  readonly method: string
  readonly set: readonly string[]
  readonly layer: string | null
  /** A number, or predicted, true, target. */
  readonly class: string
  readonly out: string
  readonly json: boolean
}

/** A sample as one model sees it in one view. */
interface ExplainedSample {
  readonly sample: number
  readonly model: string
  readonly view: View['kind']
  readonly trueClass: number
  readonly predicted: number
  readonly confidence: number
  readonly explainedClass: number
  readonly insideTrigger: number
  readonly pointing: number
}

/** Writes heatmaps of samples: a picture of each, and the values as NPZ and CSV. Returns the exit code. */
export function explainCommand(id: string, options: ExplainOptions): Promise<number> {
  return withApp({ workspace: options.workspace, threads: null }, async (client) => {
    const runId = parseOrThrow(RunId, id, ['runId'])
    const split = parseOrThrow(SplitId, options.split, ['split'])
    const explainedClass = parseOrThrow(
      ExplainedClass,
      /^\d+$/.test(options.class) ? Number(options.class) : options.class,
      ['class'],
    )
    const params: JsonObject = {}
    for (const assignment of options.set) setValue(params, assignment)
    const inspection = await client.call('inspection.describe', { runId })
    const asked = { runId, split, method: options.method, params, layer: options.layer, class: explainedClass }
    const usable = inspection.models.filter(({ problem }) => problem === null)
    for (const { id: model, problem } of inspection.models)
      if (problem !== null) printResult(`${model}: ${plain(problem)}`)
    if (usable.length === 0) return 1
    const views: View[] = [{ kind: 'clean' }]
    if (inspection.attack?.trigger) views.push({ kind: 'triggered' })

    await mkdir(options.out, { recursive: true })
    const rows: ExplainedSample[] = []
    const values: Record<string, FloatBlock[]> = {}
    for (let from = 0; from < options.samples.length; from += AT_ONCE) {
      const indices = options.samples.slice(from, from + AT_ONCE)
      const models = usable.map((model) => model.id)
      const { explanations } = await client.call('inspection.explain', { ...asked, indices, models, views })
      const { labels } = await client.call('inspection.samples', { runId, split })
      const shown = await Promise.all(
        views.map((view) => client.call('inspection.images', { runId, split, indices, view })),
      )
      rows.push(...rowsOf(explanations, indices, views, bytesOf(labels)))
      for (const { model, view, heat, probabilities } of explanations) {
        const name = `${model}_${views[view]!.kind}`.replaceAll('-', '_')
        ;(values[`heat_${name}`] ??= []).push(heat)
        ;(values[`probabilities_${name}`] ??= []).push(probabilities)
      }
      for (const [k, sample] of indices.entries()) {
        const cells = cellsOf(inspection, models, views, explanations, shown, k)
        await writePicture(join(options.out, `sample-${sample}.png`), cells, inspection.shape)
      }
    }
    const about = {
      ...asked,
      samples: [...options.samples],
      models: usable.map(({ id: model, title }) => ({ id: model, title })),
    }
    const joined = Object.fromEntries(Object.entries(values).map(([name, blocks]) => [name, joinedBlocks(blocks)]))
    const samples = intBlock(Int32Array.from(options.samples))
    await writeFile(join(options.out, 'values.npz'), npzOf({ samples, ...joined }, about))
    await writeFile(join(options.out, 'values.csv'), csvOf(columnsOf(rows), about))
    if (options.json) printJson({ about, rows })
    else showRows(rows, inspection, options.out)
    return 0
  })
}

function rowsOf(
  explanations: readonly Explanation[],
  indices: readonly number[],
  views: readonly View[],
  labels: Uint8Array,
): ExplainedSample[] {
  return indices.flatMap((sample, k) =>
    explanations.map(({ model, view, classes, inside, pointing, probabilities }) => {
      const count = probabilities.shape[1]!
      const row = floatsOf(probabilities).subarray(k * count, (k + 1) * count)
      const confidence = Math.max(...row)
      return {
        sample,
        model,
        view: views[view]!.kind,
        trueClass: labels[sample]!,
        predicted: row.indexOf(confidence),
        confidence,
        explainedClass: bytesOf(classes)[k]!,
        insideTrigger: floatsOf(inside)[k]!,
        pointing: floatsOf(pointing)[k]!,
      }
    }),
  )
}

/** A row for each model: image and heat of each view. */
function cellsOf(
  { shape }: Inspection,
  models: readonly string[],
  views: readonly View[],
  explanations: readonly Explanation[],
  shown: readonly { images: { base64: string }; regions: (Region | null)[] }[],
  k: number,
): HeatCell[][] {
  const size = shape.height * shape.width
  return models.map((model) =>
    views.flatMap((_, view) => {
      const { images, regions } = shown[view]!
      const channels = shape.channels
      const image = fromBase64(images.base64).subarray(k * size * channels, (k + 1) * size * channels)
      const { heat } = explanations.find((each) => each.model === model && each.view === view)!
      const region = regions[k] ?? null
      const values = floatsOf(heat).subarray(k * size, (k + 1) * size)
      return [
        { image, channels, heat: null, region: null },
        { image, channels, heat: values, region },
      ]
    }),
  )
}

async function writePicture(
  path: string,
  cells: readonly (readonly HeatCell[])[],
  shape: { height: number; width: number },
): Promise<void> {
  // Only here, so that every other command starts without it.
  const { encode } = await import('fast-png')
  const scale = scaleFor(cells.flat().flatMap(({ heat }) => (heat === null ? [] : [heat])))
  await writeFile(path, encode({ ...heatSheet(cells, shape, scale), channels: 3, depth: 8 }))
}

function joinedBlocks(blocks: readonly FloatBlock[]): FloatBlock {
  const [first] = blocks
  const all = Float32Array.from(blocks.flatMap((block) => [...floatsOf(block)]))
  const count = blocks.reduce((sum, { shape }) => sum + shape[0]!, 0)
  return floatBlock(all, [count, ...first!.shape.slice(1)])
}

function columnsOf(rows: readonly ExplainedSample[]): Record<string, (number | string)[]> {
  const names = Object.keys(rows[0] ?? {}) as (keyof ExplainedSample)[]
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]))
}

function showRows(rows: readonly ExplainedSample[], { classNames }: Inspection, out: string): void {
  const name = (index: number): string => plain(classNames[index] ?? String(index))
  const inside = (share: number): string => (Number.isNaN(share) ? '' : percent(share))
  printResult(
    formatTable(
      [
        ['Sample', 'Model', 'View', 'True', 'Answer', 'Confidence', 'Explained', 'Heat inside the trigger'],
        ...rows.map((row) => [
          String(row.sample),
          row.model,
          row.view,
          name(row.trueClass),
          name(row.predicted),
          percent(row.confidence),
          name(row.explainedClass),
          inside(row.insideTrigger),
        ]),
      ],
      ['left', 'left', 'left', 'left', 'left'],
    ),
  )
  printResult(
    `\nA picture of each sample (a row for each model), values.npz and values.csv in ${relative(process.cwd(), out) || out}`,
  )
}
