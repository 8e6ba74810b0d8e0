import { floatBlock, type ArrayBlock } from '../../../../../src-shared/model/array-block.js'
import type { ParameterChange } from '../../../../../src-shared/model/inspection.js'
import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import type { NamedArrays } from '../../../ui/chart/export/save-arrays.js'

/** One parameter a row. */
export function parameterRows(
  runId: string,
  defense: string,
  parameters: readonly {
    readonly name: string
    readonly shape: string
    readonly size: number
    readonly trainable: boolean
    readonly change: ParameterChange | null
  }[],
): CsvCell[][] {
  return [
    ['run', 'defense', 'parameter', 'shape', 'values', 'trained', 'relative change', 'largest change'],
    ...parameters.map(({ name, shape, size, trainable, change }) => [
      runId,
      defense,
      name,
      shape,
      size,
      trainable ? 1 : 0,
      change?.relative ?? null,
      change?.largest ?? null,
    ]),
  ]
}

/** Of each parameter the change per output channel, and histograms of its values before, after, and of the change. */
export function parameterArrays(runId: string, defense: string, changes: readonly ParameterChange[]): NamedArrays {
  const values: Record<string, ArrayBlock> = {
    relative: floatBlock(Float32Array.from(changes, ({ relative }) => relative ?? Number.NaN)),
    largest: floatBlock(Float32Array.from(changes, ({ largest }) => largest)),
  }
  for (const { name, channels, before, after, change } of changes) {
    values[`${name}_channels`] = channels
    for (const [of, { low, high, counts }] of Object.entries({ before, after, change })) {
      values[`${name}_${of}_counts`] = counts
      values[`${name}_${of}_range`] = floatBlock(Float32Array.of(low, high))
    }
  }
  const about = {
    run: runId,
    defense,
    parameters: changes.map(({ name }) => name),
    channels: 'L2 norm of the change of each output channel',
    counts: 'values in bins of equal width over the range',
  }
  return { values, about }
}
