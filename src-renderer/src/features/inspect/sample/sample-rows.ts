import { byteBlock, floatBlock, type ArrayBlock } from '../../../../../src-shared/model/array-block.js'
import type { ExplainedClass, SplitId } from '../../../../../src-shared/model/inspection.js'
import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import type { NamedArrays } from '../../../ui/chart/export/save-arrays.js'
import type { ViewName } from '../inspect-place.js'
import type { SampleAnswer, SamplePicture } from './use-sample-walks.js'

/** Where values come from: in each row, so that rows of many files can lie in one table. */
export interface SampleOrigin {
  readonly runId: string
  readonly split: SplitId
  readonly sample: number
  readonly method: string
  /** Null: the last map. */
  readonly layer: string | null
  readonly explained: ExplainedClass
}

/** What a model sees of the sample in a view, and what it answers. */
export interface SampleValues {
  readonly view: ViewName
  /** Null where there is no model to be asked. */
  readonly model: string | null
  readonly picture: SamplePicture | null
  readonly answer: SampleAnswer | null
}

/** Probabilities, figures and heat of a sample, one value a row. */
export function sampleRows(
  { runId, split, sample, method, layer, explained }: SampleOrigin,
  classNames: readonly string[],
  width: number,
  cells: readonly Pick<SampleValues, 'view' | 'model' | 'answer'>[],
): CsvCell[][] {
  const heads = ['run', 'split', 'sample', 'model', 'view', 'method', 'layer', 'class', 'quantity', 'place', 'value']
  const rows = cells.flatMap(({ view, model, answer }) => {
    if (answer === null) return []
    const row = (quantity: string, place: CsvCell, value: number): CsvCell[] => [
      runId,
      split,
      sample,
      model,
      view,
      method,
      layer ?? 'last map',
      String(explained),
      quantity,
      place,
      value,
    ]
    return [
      ...Array.from(answer.probabilities, (value, index) => row('probability', classNames[index] ?? index, value)),
      row('heat inside the trigger', null, answer.inside),
      row('hottest pixel inside the trigger', null, answer.pointing),
      ...Array.from(answer.heat, (value, pixel) =>
        row('heat', `row ${Math.floor(pixel / width)} column ${pixel % width}`, value),
      ),
    ]
  })
  return [heads, ...rows]
}

/** The images of the views, and heat and probabilities of each model in each. */
export function sampleArrays(
  { runId, split, sample, method, layer, explained }: SampleOrigin,
  { height, width }: { readonly height: number; readonly width: number },
  cells: readonly SampleValues[],
): NamedArrays {
  const values: Record<string, ArrayBlock> = {}
  for (const { view, model, picture, answer } of cells) {
    if (picture !== null) {
      const { pixels } = picture
      values[`image_${view}`] = byteBlock(pixels.values, [height, width, pixels.channels])
    }
    if (model === null || answer === null) continue
    const of = `${model}_${view}`.replaceAll('-', '_')
    values[`heat_${of}`] = floatBlock(answer.heat, [height, width])
    values[`probabilities_${of}`] = floatBlock(answer.probabilities)
  }
  const about = { run: runId, split, sample, method, layer: layer ?? 'last map', class: String(explained) }
  return { values, about }
}
