import {
  element,
  escapeXml,
  svgRoot,
  type PictureSize,
  type VectorPicture,
} from '../../../../../src-shared/util/xml.js'

/** A sample in the plane. */
export interface ScatterPoint {
  readonly x: number
  readonly y: number
  readonly sample: number
  readonly kind: ScatterKind
}
/** What it is seen with: the circle of a clean image, the triangle of a triggered one. */
export type ScatterKind = 'clean' | 'triggered'

export interface ScatterArea {
  readonly minX: number
  readonly maxX: number
  readonly minY: number
  readonly maxY: number
}

const EDGE = 8

/** All points with a little room around them; the same for all plots that are to be compared. */
export function areaOf(points: readonly ScatterPoint[]): ScatterArea {
  const area = { minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity }
  for (const { x, y } of points) {
    area.minX = Math.min(area.minX, x)
    area.maxX = Math.max(area.maxX, x)
    area.minY = Math.min(area.minY, y)
    area.maxY = Math.max(area.maxY, y)
  }
  return area
}

/** Where a point is drawn, in pixels from the upper left. */
export function placeOf(
  { x, y }: ScatterPoint,
  area: ScatterArea,
  { width, height }: PictureSize,
): [x: number, y: number] {
  const along = (value: number, low: number, high: number, room: number): number =>
    EDGE + (high > low ? (value - low) / (high - low) : 0.5) * (room - 2 * EDGE)
  return [along(x, area.minX, area.maxX, width), height - along(y, area.minY, area.maxY, height)]
}

/** The point under the pointer: the nearest one that is at most `reach` pixels away. */
export function nearestPoint(
  points: readonly ScatterPoint[],
  at: readonly [x: number, y: number],
  area: ScatterArea,
  size: PictureSize,
  reach: number,
): ScatterPoint | null {
  let nearest: ScatterPoint | null = null
  let least = reach
  for (const point of points) {
    const [x, y] = placeOf(point, area, size)
    const distance = Math.hypot(x - at[0], y - at[1])
    if (distance > least) continue
    least = distance
    nearest = point
  }
  return nearest
}

export interface ScatterInks {
  readonly clean: string
  readonly triggered: string
  readonly text: string
  readonly line: string
  readonly panel: string
  readonly font: string
}

const TITLE = 24
/** Height of the line that says what it is of. */
const FOOT = 16

/** Plots side by side as one vector picture. */
export function scatterSvg(
  origin: string,
  plots: readonly { readonly title: string; readonly points: readonly ScatterPoint[] }[],
  area: ScatterArea,
  size: PictureSize,
  inks: ScatterInks,
): VectorPicture {
  const whole = { width: plots.length * size.width, height: size.height + TITLE + FOOT }
  const parts = plots.map(({ title, points }, index) => {
    const marks = points.map((point) => {
      const [x, y] = placeOf(point, area, size)
      return point.kind === 'clean'
        ? element('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r: 2, fill: inks.clean })
        : element('path', { d: triangle(x, y), fill: inks.triggered })
    })
    const frame = element('rect', {
      x: 4,
      y: 4,
      width: size.width - 8,
      height: size.height - 8,
      fill: 'none',
      stroke: inks.line,
    })
    const head = element('text', { x: 6, y: -6, fill: inks.text, 'font-size': 13 }, escapeXml(title))
    return element('g', { transform: `translate(${index * size.width} ${TITLE})` }, head + frame + marks.join(''))
  })
  const svg = svgRoot(
    whole,
    inks.font,
    element('rect', { ...whole, fill: inks.panel }) +
      parts.join('') +
      element('text', { x: 6, y: whole.height - 5, fill: inks.text, 'font-size': 9 }, escapeXml(origin)),
  )
  return { svg, size: whole }
}

function triangle(x: number, y: number): string {
  return `M${x.toFixed(1)} ${(y - 2.8).toFixed(1)}l2.6 4.6h-5.2z`
}
