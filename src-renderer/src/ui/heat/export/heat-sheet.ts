import { toBase64 } from '../../../../../src-shared/util/base64.js'
import { element, escapeXml, svgRoot, type VectorPicture } from '../../../../../src-shared/util/xml.js'
import type { ChartColours } from '../../../../../src-shared/chart/chart-colours.js'
import type { HeatOutline } from '../outlines.js'
import { paintHeat, type HeatPicture } from '../paint-heat.js'

/** One picture of a sheet, with its words. */
export interface SheetCell extends HeatPicture {
  readonly title: string
  /** Under the picture. */
  readonly note: string
  readonly outlines: readonly HeatOutline[]
  readonly zoom: number
}

export interface HeatSheet {
  /** What it is. */
  readonly title: string
  /** Run, sample and settings, in one line. */
  readonly origin: string
  readonly columns: number
  readonly cells: readonly SheetCell[]
}

const EDGE = 12
const HEAD = 44
const LINE = 16
const MIN_WIDTH = 190

/** The pictures of a sheet as one: words and outlines as vectors, pixels as they are. */
export async function sheetSvg(
  { title, origin, columns, cells }: HeatSheet,
  colours: ChartColours,
): Promise<VectorPicture> {
  const width = Math.max(MIN_WIDTH, ...cells.map(({ size, zoom }) => size.width * zoom)) + EDGE
  const height = Math.max(...cells.map(({ size, zoom }) => size.height * zoom)) + 2 * LINE + EDGE
  const words = (text: string, x: number, y: number, size: number, ink: string): string =>
    element('text', { x, y, fill: ink, 'font-size': size }, escapeXml(text))
  const parts = await Promise.all(
    cells.map(async (cell, index) => {
      const x = EDGE + (index % columns) * width
      const y = HEAD + Math.floor(index / columns) * height
      const shownHeight = cell.size.height * cell.zoom
      const image = element('image', {
        y: LINE,
        width: cell.size.width * cell.zoom,
        height: shownHeight,
        href: await dataUrl(cell),
        style: 'image-rendering: pixelated',
      })
      const frames = cell.outlines.map(({ kind, region }) =>
        element('rect', {
          x: region.left * cell.zoom,
          y: LINE + region.top * cell.zoom,
          width: region.width * cell.zoom,
          height: region.height * cell.zoom,
          fill: 'none',
          stroke: colours.inks[kind === 'true' ? 'attack' : 'recovered'],
          'stroke-width': 2,
          ...(kind === 'true' ? {} : { 'stroke-dasharray': '4 3' }),
        }),
      )
      const head = words(cell.title, 0, LINE - 5, 12, colours.text)
      const foot = words(cell.note, 0, shownHeight + 2 * LINE - 3, 11, colours.dim)
      return element('g', { transform: `translate(${x} ${y})` }, head + image + frames.join('') + foot)
    }),
  )
  const size = {
    width: EDGE + Math.min(columns, cells.length) * width,
    height: HEAD + Math.ceil(cells.length / columns) * height,
  }
  const svg = svgRoot(
    size,
    colours.font,
    element('rect', { ...size, fill: colours.panel }) +
      words(title, EDGE, 18, 14, colours.text) +
      words(origin, EDGE, 34, 10, colours.dim) +
      parts.join(''),
  )
  return { svg, size }
}

async function dataUrl(picture: HeatPicture): Promise<string> {
  const canvas = new OffscreenCanvas(picture.size.width, picture.size.height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser offers no canvas to draw a picture with.')
  paintHeat(context, picture)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return `data:image/png;base64,${toBase64(new Uint8Array(await blob.arrayBuffer()))}`
}
