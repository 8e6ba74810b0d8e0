import { floatBlock, intBlock, type ArrayBlock } from '../../../../../src-shared/model/array-block.js'
import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import { percent, plainNumber } from '../../../ui/format.js'
import { knownMean } from '../data/histogram.js'
import type { HeatMeasures } from '../data/use-heat-statistics.js'
import type { Side } from '../inspect-place.js'

/** What was measured of one model. */
export interface MeasuredHeat {
  readonly side: Side
  readonly title: string
  readonly measures: HeatMeasures
}

export interface HeatFigure {
  readonly title: string
  readonly meaning: string
  /** Null where it is not known. */
  of(measures: HeatMeasures): number | null
  format(value: number): string
}

const always: readonly HeatFigure[] = [
  {
    title: 'Heat inside the trigger',
    meaning: 'Share of the positive heat that lies inside the true trigger, mean over the samples',
    of: ({ inside }) => knownMean(inside),
    format: percent,
  },
  {
    title: 'Pointing game',
    meaning: 'Share of the samples whose hottest pixel lies inside the true trigger',
    of: ({ pointing }) => knownMean(pointing),
    format: percent,
  },
  {
    title: 'Area of the trigger',
    meaning: 'Share of the image that the trigger covers: what the first figure would be if heat lay evenly',
    of: ({ area }) => knownMean(area),
    format: percent,
  },
]

const withCurves: readonly HeatFigure[] = [
  {
    title: 'Insertion',
    meaning: 'Area under the probability of the answer while pixels come back, hottest first: higher is better',
    of: ({ curves }) => (curves === null ? null : knownMean(curves.insertion)),
    format: plainNumber,
  },
  {
    title: 'Deletion',
    meaning: 'The same while pixels are taken away, hottest first: lower is better',
    of: ({ curves }) => (curves === null ? null : knownMean(curves.deletion)),
    format: plainNumber,
  },
]

export function heatFigures(hasCurves: boolean): readonly HeatFigure[] {
  return hasCurves ? [...always, ...withCurves] : always
}

/** One sample a row, with what it comes from. */
export function heatRows(
  origin: Readonly<Record<string, string>>,
  measured: readonly MeasuredHeat[],
  labels: Uint8Array,
  classNames: readonly string[],
): CsvCell[][] {
  const heads = [...Object.keys(origin), 'model', 'sample', 'true class', 'heat inside the trigger']
  const more = ['hottest pixel inside', 'area of the trigger', 'insertion', 'deletion']
  const rows = measured.flatMap(({ side, measures: { indices, inside, pointing, area, curves } }) =>
    Array.from(indices, (sample, k): CsvCell[] => [
      ...Object.values(origin),
      side,
      sample,
      classNames[labels[sample] ?? -1] ?? '',
      inside[k]!,
      pointing[k]!,
      area[k]!,
      curves?.insertion[k] ?? null,
      curves?.deletion[k] ?? null,
    ]),
  )
  return [[...heads, ...more], ...rows]
}

export function heatArrays(measured: readonly MeasuredHeat[]): Record<string, ArrayBlock> {
  const named = measured.flatMap(({ side, measures: { indices, inside, pointing, area, curves } }) => {
    const floats: [string, Float32Array][] = [
      ['inside', inside],
      ['pointing', pointing],
      ['area', area],
      ...(curves === null ? [] : Object.entries(curves)),
    ]
    return [
      [`${side}_samples`, intBlock(indices)] as const,
      ...floats.map(([name, values]) => [`${side}_${snakeCase(name)}`, floatBlock(values)] as const),
    ]
  })
  return Object.fromEntries(named)
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
