export const X_KINDS = ['epoch', 'step', 'time'] as const
/** What the horizontal axis counts. */
export type XKind = (typeof X_KINDS)[number]

export interface ChartPoint {
  readonly x: number
  readonly y: number
  /** When it was measured, in milliseconds since the run began: what charts with different axes have in common. */
  readonly timeMs?: number
}

export const COLOUR_ROLES = ['attack', 'clean', 'repaired', 'recovered'] as const
export const RUN_COLOURS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6', 'run-7', 'run-8'] as const
export type RunColour = (typeof RUN_COLOURS)[number]
/** What is measured has its role's colour everywhere; where runs share a chart, each run has its own instead. */
export type ChartColour = (typeof COLOUR_ROLES)[number] | RunColour | 'text'
export type Marker = 'none' | 'circle' | 'triangle' | 'rectRot' | 'rect'

/**
 * One quantity. Its segments are not joined: what lies between them was not measured. Within a segment, `x` and `timeMs`
 * never go back.
 */
export interface ChartSeries {
  readonly id: string
  readonly label: string
  readonly colour: ChartColour
  /** With the colour, what tells a line apart from the others. */
  readonly dash: readonly number[]
  readonly marker: Marker
  readonly isHollow?: boolean
  /** The measured line under its smoothed one: there, but in the background. */
  readonly isFaint?: boolean
  readonly segments: readonly (readonly ChartPoint[])[]
}

/** Where something else begins, and what. */
export interface ChartBoundary {
  readonly x: number
  readonly label: string
  /** Not a beginning but the place that is looked at: drawn over the lines, and on its own. */
  readonly isCursor?: boolean
}

export interface ChartAxis {
  readonly title: string
  /** What the bare numbers are, where the title tells what `format` makes of them. */
  readonly rawTitle?: string
  readonly min?: number
  readonly max?: number
  readonly isLog?: boolean
  /** Where to put marks, where even distances would not do. */
  readonly ticks?: readonly number[]
  /** Distances that marks may have, ascending, where they are not to be 1, 2 or 5 times a power of ten. */
  readonly steps?: readonly number[]
  /** `step` is the distance of the marks, where there are marks: near ones need more digits. */
  readonly format: (value: number, step?: number) => string
  /** Words for the place of a point, where the number alone does not say it. */
  readonly describe?: (value: number) => string
}

/** All that is drawn. */
export interface ChartInput {
  readonly series: readonly ChartSeries[]
  readonly boundaries: readonly ChartBoundary[]
  readonly x: ChartAxis
  readonly y: ChartAxis
}

/** The same data as rows, for people and programs that do not see the picture. */
export interface ChartTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly note?: string
}
