import type { ChartAxis, ChartPoint, ChartSeries } from './chart-types.js'

/** An axis with its ends fixed. */
export interface Scale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
  /** Place of a value between the ends: 0 at `min`, 1 at `max`. */
  at(value: number): number
}

/** About as many marks as fit without touching. */
const TICKS = 8

/** Ends that the axis does not fix are round numbers around the values. */
export function scaleOf(axis: ChartAxis, series: readonly ChartSeries[], of: keyof ChartPoint): Scale {
  const { low, high } = extent(series, of)
  const step = niceStep((axis.max ?? high) - (axis.min ?? low))
  const min = axis.min ?? Math.floor(low / step) * step
  const max = Math.max(axis.max ?? Math.ceil(high / step) * step, min + step / TICKS)
  const ticks = (axis.ticks ?? multiplesOf(step, min, max)).filter((value) => value >= min && value <= max)
  return { min, max, ticks, at: (value) => (value - min) / (max - min) }
}

/** Smallest and largest value of all points; 0 and 1 where there are none. */
export function extent(series: readonly ChartSeries[], of: keyof ChartPoint): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (const { segments } of series) {
    for (const points of segments) {
      for (const { [of]: value } of points) {
        if (value < low) low = value
        if (value > high) high = value
      }
    }
  }
  return low <= high ? { low, high } : { low: 0, high: 1 }
}

/** 1, 2 or 5 times a power of ten, so that about `TICKS` of them make up the span. */
function niceStep(span: number): number {
  const rough = (span > 0 ? span : 1) / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10
  return factor * power
}

function multiplesOf(step: number, min: number, max: number): number[] {
  const first = Math.ceil(min / step - 1e-9)
  const count = Math.floor(max / step + 1e-9) - first + 1
  // Multiplied, not added up, and cut to what a step can tell apart: 0.3 and not 0.30000000000000004.
  return Array.from({ length: Math.max(0, count) }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
