import type { JsonObject, JsonValue } from '../model/json.js'
import type { ChartColours } from './chart-colours.js'
import type { ChartInput, ChartSeries, Marker } from './chart-types.js'
import { pointRadius } from './point-size.js'
import { scaleOf } from './scale.js'
import { element, escapeXml, svgRoot, type PictureSize } from '../util/xml.js'

/** In pixels; twice as many dots in a PNG. Fits a column of a paper. */
export const PICTURE_SIZE: PictureSize = { width: 720, height: 420 }

/** Installed nearly everywhere, with close relatives of the same widths where it is not. */
const FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
const TEXT = 12
/** Width of an average letter, as a share of the size of the font. */
const LETTER = 0.54
const SMALL = 9
const PAD = 12
/** Height of the line that says what a picture is of. */
const FOOTER = 14
const SWATCH = 28
const MARKER_CLIP = 6
/** Strength of lines in the background. */
const FAINT = 0.28

const widthOf = (text: string): number => text.length * TEXT * LETTER
/** Places to a tenth of a pixel: nobody sees more, and files stay small. */
const place = (value: number): number => Math.round(value * 10) / 10

/**
 * A chart as a vector picture that opens on its own: nothing is fetched, every colour and font is written down. Text
 * stays text, so that it can be searched and edited.
 */
export function chartSvg(
  title: string,
  input: ChartInput,
  colours: ChartColours,
  about: JsonObject = {},
  size = PICTURE_SIZE,
): string {
  const origin = Object.entries(about).map(([name, value]) => `${name}: ${plainWords(value)}`)
  const footer = origin.length === 0 ? 0 : FOOTER
  const series = input.series.filter(({ segments }) => segments.some((points) => points.length > 0))
  const x = scaleOf(input.x, series, 'x')
  const y = scaleOf(input.y, series, 'y')
  const legend = layLegend(
    series.filter(({ isFaint }) => isFaint !== true),
    size.width - 2 * PAD,
  )
  const left = PAD + TEXT + 8 + Math.max(0, ...y.ticks.map(({ label }) => widthOf(label)))
  const right = size.width - PAD - 12
  const top = PAD + 18 + legend.height + 20
  const bottom = size.height - PAD - 2 * TEXT - 12 - footer
  const toX = (value: number): number => place(left + x.at(value) * (right - left))
  const toY = (value: number): number => place(bottom - y.at(value) * (bottom - top))
  const text = (words: string, at: Record<string, string | number>): string =>
    element('text', { fill: colours.dim, 'font-size': TEXT, ...at }, escapeXml(words))
  const line = (x1: number, y1: number, x2: number, y2: number, more: Record<string, string | number> = {}): string =>
    element('line', { x1, y1, x2, y2, stroke: colours.line, ...more })
  const clipId = `plot-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`

  const parts = [
    element('title', {}, escapeXml(title)),
    element('desc', {}, escapeXml(series.map(({ label }) => label).join(', '))),
    element('rect', { ...size, fill: colours.panel }),
    text(title, { x: PAD, y: PAD + 13, fill: colours.text, 'font-size': 14, 'font-weight': 'bold' }),
    ...legend.entries.map(({ each, at, row }) => {
      const middle = PAD + 18 + row * 18 + 10
      const ends = [PAD + at, PAD + at + SWATCH].map((end) => [end, middle] as const)
      return (
        drawLine(each, ends, colours) +
        (each.marker === 'none' ? '' : drawMarker(each, PAD + at + SWATCH / 2, middle, 3, colours)) +
        text(each.label, { x: PAD + at + SWATCH + 6, y: middle + 4 })
      )
    }),
    ...y.ticks.map(
      ({ value, label }) =>
        line(left, toY(value), right, toY(value)) +
        text(label, { x: left - 6, y: toY(value) + 4, 'text-anchor': 'end' }),
    ),
    ...x.ticks.map(
      ({ value, label }) =>
        line(toX(value), top, toX(value), bottom + 4) +
        text(label, { x: toX(value), y: bottom + TEXT + 6, 'text-anchor': 'middle' }),
    ),
    line(left, top, left, bottom, { stroke: colours.dim }),
    line(left, bottom, right, bottom, { stroke: colours.dim }),
    text(input.x.title, { x: (left + right) / 2, y: size.height - PAD - footer, 'text-anchor': 'middle' }),
    footer === 0 ? '' : text(origin.join(', '), { x: PAD, y: size.height - 7, 'font-size': SMALL }),
    text(input.y.title, {
      transform: `translate(${PAD + TEXT - 2} ${(top + bottom) / 2}) rotate(-90)`,
      'text-anchor': 'middle',
    }),
    ...drawBoundaries(),
    element(
      'clipPath',
      { id: clipId },
      element('rect', {
        x: left - MARKER_CLIP,
        y: top - MARKER_CLIP,
        width: right - left + 2 * MARKER_CLIP,
        height: bottom - top + 2 * MARKER_CLIP,
      }),
    ),
    element(
      'g',
      { 'clip-path': `url(#${clipId})` },
      series.map((each) => each.segments.map((points) => drawSegment(each, points)).join('')).join(''),
    ),
  ]
  return svgRoot(size, FONT, parts.join('\n'))

  function drawSegment(each: ChartSeries, points: ChartSeries['segments'][number]): string {
    const places = points.map((point) => [toX(point.x), toY(point.y)] as const)
    const radius = pointRadius(each, points.length)
    const markers = radius === 0 ? [] : places.map(([px, py]) => drawMarker(each, px, py, radius, colours))
    return drawLine(each, places, colours) + markers.join('')
  }

  /** Names that would run into the next line are left out. */
  function drawBoundaries(): string[] {
    const shown = input.boundaries.filter((each) => each.x >= x.min && each.x <= x.max)
    return shown.map((each, index) => {
      const at = toX(each.x)
      if (each.isCursor === true) return line(at, top - 4, at, bottom, { stroke: colours.text })
      const next = shown.slice(index + 1).find(({ isCursor }) => isCursor !== true)
      const room = (next === undefined ? size.width - PAD : toX(next.x)) - at - 6
      const name = widthOf(each.label) <= room ? text(each.label, { x: at + 3, y: top - 6 }) : ''
      return line(at, top - 4, at, bottom, { stroke: colours.dim, 'stroke-dasharray': '2 3' }) + name
    })
  }
}

function plainWords(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface Legend {
  readonly entries: readonly { readonly each: ChartSeries; readonly at: number; readonly row: number }[]
  readonly height: number
}

/** In rows as wide as the picture. One line needs no legend: the title names it. */
function layLegend(series: readonly ChartSeries[], width: number): Legend {
  if (series.length < 2) return { entries: [], height: 0 }
  let at = 0
  let row = 0
  const entries = series.map((each) => {
    const needed = SWATCH + 6 + widthOf(each.label) + 18
    if (at > 0 && at + needed > width) {
      at = 0
      row += 1
    }
    const entry = { each, at, row }
    at += needed
    return entry
  })
  return { entries, height: (row + 1) * 18 }
}

function drawLine(
  { colour, dash, isFaint }: ChartSeries,
  places: readonly (readonly [number, number])[],
  colours: ChartColours,
) {
  if (places.length < 2) return ''
  return element('polyline', {
    points: places.map(([x, y]) => `${x},${y}`).join(' '),
    fill: 'none',
    stroke: colours.inks[colour],
    'stroke-width': isFaint === true ? 1 : 1.6,
    ...(isFaint === true ? { 'stroke-opacity': FAINT } : {}),
    'stroke-linejoin': 'round',
    ...(dash.length === 0 ? {} : { 'stroke-dasharray': dash.join(' ') }),
  })
}

const shapes: Readonly<Record<Exclude<Marker, 'none' | 'circle'>, readonly (readonly [number, number])[]>> = {
  triangle: corners(0, -1.15, 1.15, 0.85, -1.15, 0.85),
  rect: corners(-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9),
  rectRot: corners(0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0),
}

function corners(...flat: readonly number[]): [number, number][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!])
}

function drawMarker({ marker, colour, isHollow }: ChartSeries, x: number, y: number, r: number, colours: ChartColours) {
  const ink = colours.inks[colour]
  const look = { fill: isHollow === true ? colours.panel : ink, stroke: ink }
  if (marker === 'circle' || marker === 'none') return element('circle', { cx: x, cy: y, r, ...look })
  const points = shapes[marker].map(([dx, dy]) => `${place(x + dx * r)},${place(y + dy * r)}`)
  return element('polygon', { points: points.join(' '), ...look })
}
