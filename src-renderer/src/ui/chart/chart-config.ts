import {
  Chart,
  Decimation,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type Scale,
} from 'chart.js'
import { boundaryLines } from './boundary-lines.js'
import type { ChartColours } from './chart-colours.js'
import type { ChartAxis, ChartInput, ChartSeries } from './chart-types.js'

Chart.register(Decimation, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip, boundaryLines)

type LineDataset = ChartDataset<'line', { x: number; y: number }[]>
type Config = ChartConfiguration<'line', { x: number; y: number }[]>

const FONT = { size: 11 }
/** Beyond this a segment has more points than the chart has pixels. */
const DECIMATE_FROM = 800

export function datasetsOf(series: readonly ChartSeries[], colours: ChartColours): LineDataset[] {
  return series.flatMap(({ label, colour, dash, marker, isHollow, segments }) =>
    segments.map((points): LineDataset => {
      const ink = colours.inks[colour]
      return {
        label,
        data: points as { x: number; y: number }[],
        borderColor: ink,
        borderWidth: 1.6,
        // Points at 0 and 1 lie on the frame and are to be seen whole.
        clip: 8,
        borderDash: [...dash],
        backgroundColor: isHollow === true ? colours.panel : ink,
        pointStyle: marker === 'none' ? false : marker,
        pointRadius: marker === 'none' ? 0 : points.length === 1 ? 5 : points.length > 60 ? 0 : 3,
        pointHoverRadius: 5,
        pointHitRadius: 8,
      }
    }),
  )
}

export function optionsOf({ boundaries, x, y }: Omit<ChartInput, 'series'>, colours: ChartColours): Config['options'] {
  const axis = (from: ChartAxis) => ({
    type: 'linear' as const,
    ...(from.min === undefined ? {} : { min: from.min }),
    ...(from.max === undefined ? {} : { max: from.max }),
    title: { display: true, text: from.title, color: colours.dim, font: FONT, padding: 2 },
    grid: { color: colours.line, tickLength: 4 },
    border: { color: colours.line },
    ...(from.ticks === undefined ? {} : { afterBuildTicks: placeTicks(from.ticks) }),
    ticks: {
      color: colours.dim,
      font: FONT,
      maxRotation: 0,
      callback: (value: number | string) => from.format(Number(value)),
    },
  })
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    layout: { padding: { top: 18, right: 8 } },
    scales: { x: axis(x), y: axis(y) },
    plugins: {
      legend: { display: false },
      decimation: { enabled: true, algorithm: 'min-max', threshold: DECIMATE_FROM },
      boundaryLines: { boundaries, line: colours.dim, text: colours.dim },
      tooltip: {
        animation: false,
        backgroundColor: colours.panel,
        borderColor: colours.line,
        borderWidth: 1,
        titleColor: colours.dim,
        bodyColor: colours.text,
        titleFont: { size: 11, weight: 'normal' },
        bodyFont: { size: 12 },
        cornerRadius: 3,
        callbacks: {
          title: (items) => (items[0] === undefined ? '' : (x.describe ?? x.format)(items[0].parsed.x ?? 0)),
          label: (item) => ` ${item.dataset.label ?? ''}  ${y.format(item.parsed.y ?? 0)}`,
        },
      },
    },
  }
}

function placeTicks(ticks: readonly number[]): (scale: Scale) => void {
  return (scale) => {
    scale.ticks = ticks.map((value) => ({ value }))
  }
}

export function createChart(canvas: HTMLCanvasElement, input: ChartInput, colours: ChartColours): Chart<'line'> {
  return new Chart(canvas, {
    type: 'line',
    data: { datasets: datasetsOf(input.series, colours) },
    options: optionsOf(input, colours) ?? {},
  }) as Chart<'line'>
}
