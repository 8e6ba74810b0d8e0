import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartConfiguration,
  type ChartDataset,
  type Scale as CanvasScale,
} from 'chart.js'
import { boundaryLines } from './boundary-lines.js'
import type { ChartColours } from '../../../../src-shared/chart/chart-colours.js'
import type { ChartInput } from '../../../../src-shared/chart/chart-types.js'
import { pointRadius } from '../../../../src-shared/chart/point-size.js'
import { scaleOf, type Scale } from '../../../../src-shared/chart/scale.js'

Chart.register(LinearScale, LineController, LineElement, PointElement, boundaryLines)

type LineDataset = ChartDataset<'line', { x: number; y: number }[]>
type Config = ChartConfiguration<'line', { x: number; y: number }[]>

const FONT_SIZE = 11
/** Marks at the very edge are to be seen whole. */
const MARKER_CLIP = 8
/** Strength of lines in the background. */
const FAINT = 0.28

/**
 * What the canvas draws. It gets places between 0 and 1 and the marks with their words: axes are ours, so that the
 * canvas, the files and the crosshair agree on them.
 */
export function configOf(
  input: ChartInput,
  colours: ChartColours,
): { data: Config['data']; options: Config['options'] } {
  const x = scaleOf(input.x, input.series, 'x')
  const y = scaleOf(input.y, input.series, 'y')
  const isCut = input.series.some(({ segments }) =>
    segments.some((points) => (points[0]?.x ?? x.min) < x.min || (points.at(-1)?.x ?? x.max) > x.max),
  )
  return { data: { datasets: datasetsOf(input, x, y, isCut, colours) }, options: optionsOf(input, x, y, colours) }
}

function datasetsOf(input: ChartInput, x: Scale, y: Scale, isCut: boolean, colours: ChartColours): LineDataset[] {
  return input.series.flatMap((series) =>
    series.segments.map((points): LineDataset => {
      const { label, colour, dash, marker, isHollow, isFaint } = series
      const ink = isFaint === true ? faint(colours.inks[colour]) : colours.inks[colour]
      return {
        label,
        data: points.map((point) => ({ x: x.at(point.x), y: y.at(point.y) })),
        borderColor: ink,
        borderWidth: isFaint === true ? 1 : 1.6,
        clip: isCut ? 0 : MARKER_CLIP,
        borderDash: [...dash],
        backgroundColor: isHollow === true ? colours.panel : ink,
        pointStyle: marker === 'none' ? 'circle' : marker,
        pointRadius: pointRadius(series, points.length),
      }
    }),
  )
}

function optionsOf({ boundaries, x: xAxis, y: yAxis }: ChartInput, x: Scale, y: Scale, colours: ChartColours) {
  const font = { size: FONT_SIZE, family: colours.font }
  const axis = (title: string, { ticks }: Scale, at: (value: number) => number) => {
    const labels = ticks.map(({ label }) => label)
    return {
      type: 'linear' as const,
      min: 0,
      max: 1,
      title: { display: true, text: title, color: colours.dim, font, padding: 2 },
      grid: { color: colours.line, tickLength: 4 },
      border: { color: colours.line },
      afterBuildTicks: (scale: CanvasScale) => {
        scale.ticks = ticks.map(({ value }) => ({ value: at(value) }))
      },
      ticks: {
        color: colours.dim,
        font,
        maxRotation: 0,
        callback: (_place: number | string, index: number) => labels[index] ?? '',
      },
    }
  }
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    events: [],
    layout: { padding: { top: 18, right: 8 } },
    scales: { x: axis(xAxis.title, x, x.at), y: axis(yAxis.title, y, y.at) },
    plugins: {
      boundaryLines: {
        boundaries: boundaries.map((boundary) => ({ ...boundary, x: x.at(boundary.x) })),
        line: colours.dim,
        text: colours.dim,
        font: colours.font,
      },
    },
  } satisfies Config['options']
}

/** `rgb(1, 2, 3)` with little of it left. */
function faint(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${FAINT})`)
}

export function createChart(canvas: HTMLCanvasElement, input: ChartInput, colours: ChartColours): Chart<'line'> {
  const { data, options } = configOf(input, colours)
  return new Chart(canvas, { type: 'line', data, options: options ?? {} }) as Chart<'line'>
}
