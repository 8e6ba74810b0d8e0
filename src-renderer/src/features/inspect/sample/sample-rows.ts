import type { ExplainedClass, SplitId } from '../../../../../src-shared/model/inspection.js'
import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import type { ViewName } from '../inspect-place.js'
import type { SampleAnswer } from './use-sample-walks.js'

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

/** Probabilities, figures and heat of a sample, one value a row. */
export function sampleRows(
  { runId, split, sample, method, layer, explained }: SampleOrigin,
  classNames: readonly string[],
  width: number,
  cells: readonly { readonly view: ViewName; readonly model: string | null; readonly answer: SampleAnswer | null }[],
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
