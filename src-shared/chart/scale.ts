import type { ChartAxis, ChartSeries } from './chart-types.js'

export interface Range {
  readonly min: number
  readonly max: number
}

/** An axis with its ends fixed. */
export interface Scale extends Range {
  readonly ticks: readonly { readonly value: number; readonly label: string }[]
  /** Place of a value between the ends: 0 at `min`, 1 at `max`. */
  at(value: number): number
  /** The value at a place: the way back. */
  valueAt(place: number): number
}

/** About as many marks as fit without touching. */
const TICKS = 8

/** Ends that the axis does not fix are round numbers around the values. */
export function scaleOf(axis: ChartAxis, series: readonly ChartSeries[], of: 'x' | 'y'): Scale {
  const { min, max } = axis
  const values = min === undefined || max === undefined ? extent(series, of) : { min, max }
  return axis.isLog === true ? logScale(axis, values) : linearScale(axis, values)
}

/** Smallest and largest value of all points; 0 and 1 where there are none. */
export function extent(series: readonly ChartSeries[], of: 'x' | 'y'): Range {
  let min = Infinity
  let max = -Infinity
  for (const { segments } of series) {
    for (const points of segments) {
      for (const { [of]: value } of points) {
        if (value < min) min = value
        if (value > max) max = value
      }
    }
  }
  return min <= max ? { min, max } : { min: 0, max: 1 }
}

/** Round ends around values. */
export function rounded({ min, max }: Range, isLog: boolean, steps?: readonly number[]): Range {
  if (isLog) return { min: roundDown(Math.max(min, Number.MIN_VALUE)), max: roundUp(max) }
  const step = niceStep(max - min, steps)
  return { min: plain(Math.floor(min / step) * step), max: plain(Math.ceil(max / step) * step) }
}

function linearScale(axis: ChartAxis, values: Range): Scale {
  const given = { min: axis.min ?? values.min, max: axis.max ?? values.max }
  const round = rounded(given, false, axis.steps)
  const step = niceStep(given.max - given.min, axis.steps)
  const min = axis.min ?? round.min
  const max = Math.max(axis.max ?? round.max, min + step / TICKS)
  const ticks = (axis.ticks ?? multiplesOf(step, min, max)).filter((value) => value >= min && value <= max)
  return {
    min,
    max,
    ticks: ticks.map((value) => ({ value, label: axis.format(value, step) })),
    at: (value) => (value - min) / (max - min),
    valueAt: (place) => min + place * (max - min),
  }
}

/** Its values are all above zero; whoever asks for it leaves out the others. */
function logScale(axis: ChartAxis, values: Range): Scale {
  const round = rounded(values, true)
  const low = axis.min ?? round.min
  const high = Math.max(axis.max ?? round.max, low * 1.0001)
  const [from, to] = [Math.log10(low), Math.log10(high)]
  return {
    min: low,
    max: high,
    ticks: logTicks(low, high).map((value) => ({ value, label: axis.format(value, value) })),
    at: (value) => (Math.log10(value) - from) / (to - from),
    valueAt: (place) => 10 ** (from + place * (to - from)),
  }
}

/** The smallest round step of which about `TICKS` make up the span. */
function niceStep(span: number, steps: readonly number[] = []): number {
  const allowed = steps.find((each) => each * TICKS >= span)
  if (allowed !== undefined) return allowed
  const rough = (span > 0 ? span : 1) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10
  return factor * power
}

function multiplesOf(step: number, min: number, max: number): number[] {
  const first = Math.ceil(min / step - 1e-9)
  const count = Math.floor(max / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => plain((first + index) * step))
}

/** Powers of ten, and 2 and 5 between them where there are few. Over a part of one decade, even distances. */
function logTicks(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min))
  const decades = Math.ceil(Math.log10(max)) - first
  const stride = Math.max(1, Math.ceil(decades / TICKS))
  const factors = decades <= 3 ? [1, 2, 5] : [1]
  const ticks = Array.from({ length: Math.floor(decades / stride) + 1 }, (_, index) => first + index * stride)
    .flatMap((power) => factors.map((factor) => plain(factor * 10 ** power)))
    .filter((value) => value >= min && value <= max)
  return ticks.length >= 2 ? ticks : multiplesOf(niceStep(max - min), min, max)
}

const roundDown = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value))
  return plain(power * ([5, 2, 1].find((factor) => factor * power <= value * 1.000001) ?? 1))
}

const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value))
  return plain(power * ([1, 2, 5, 10].find((factor) => factor * power >= value * 0.999999) ?? 10))
}

/** Cut to what a step can tell apart: 0.3 and not 0.30000000000000004. */
function plain(value: number): number {
  return Number(value.toPrecision(12))
}
