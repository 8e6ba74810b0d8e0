import type { PlotArea } from './plot-area.js'
import type { Range, Scale } from '../../../../src-shared/chart/scale.js'
import type { Zoom } from './view/view-chart.js'

export interface Place {
  readonly x: number
  readonly y: number
}

/** A drag shorter than this is a click. */
const MIN_DRAG = 5
/** A drag flatter than this is meant for the horizontal axis alone. */
const MIN_HEIGHT = 24

export interface Selection extends PlotArea {
  readonly hasHeight: boolean
}

/** What a drag between two places of the plot selects, in pixels of the plot; null for none. */
export function selectionOf(from: Place, to: Place, plot: Pick<PlotArea, 'width' | 'height'>): Selection | null {
  const within = (value: number, end: number): number => Math.min(end, Math.max(0, value))
  const [left, right] = [within(Math.min(from.x, to.x), plot.width), within(Math.max(from.x, to.x), plot.width)]
  const [top, bottom] = [within(Math.min(from.y, to.y), plot.height), within(Math.max(from.y, to.y), plot.height)]
  if (right - left < MIN_DRAG) return null
  const hasHeight = bottom - top >= MIN_HEIGHT
  return {
    left,
    width: right - left,
    hasHeight,
    ...(hasHeight ? { top, height: bottom - top } : { top: 0, height: plot.height }),
  }
}

/** The part of the chart under a selection. */
export function zoomTo({ left, top, width, height, hasHeight }: Selection, plot: PlotArea, x: Scale, y: Scale): Zoom {
  return {
    x: { min: x.valueAt(left / plot.width), max: x.valueAt((left + width) / plot.width) },
    y: hasHeight ? { min: y.valueAt(1 - (top + height) / plot.height), max: y.valueAt(1 - top / plot.height) } : null,
  }
}

/** The window made narrower (`factor` below 1) or wider around a place, inside the whole. Null: all of it. */
export function zoomAround(window: Range, whole: Range, at: number, factor: number): Range | null {
  const span = (window.max - window.min) * factor
  if (span >= whole.max - whole.min) return null
  return movedInside({ min: at - (at - window.min) * factor, max: at + (window.max - at) * factor }, whole)
}

/** The window moved so that a place is in its middle, if it is not inside already. */
export function windowWith(window: Range, whole: Range, at: number): Range {
  if (at >= window.min && at <= window.max) return window
  const half = (window.max - window.min) / 2
  return movedInside({ min: at - half, max: at + half }, whole)
}

function movedInside({ min, max }: Range, whole: Range): Range {
  const shift = Math.max(0, whole.min - min) - Math.max(0, max - whole.max)
  return { min: min + shift, max: max + shift }
}
