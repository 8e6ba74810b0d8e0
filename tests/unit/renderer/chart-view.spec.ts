import { describe, expect, it } from 'vitest'
import type { ChartInput, ChartPoint, ChartSeries } from '../../../src-shared/chart/chart-types.js'
import { nearestOf, nearestPoint, neighbour, pointsWithin } from '../../../src-renderer/src/ui/chart/nearest.js'
import { readoutAt, readoutWords } from '../../../src-renderer/src/ui/chart/readout.js'
import { scaleOf } from '../../../src-shared/chart/scale.js'
import { plainChart } from '../../../src-renderer/src/ui/chart/view/chart-settings.js'
import { decimate } from '../../../src-renderer/src/ui/chart/view/decimate.js'
import { smooth } from '../../../src-renderer/src/ui/chart/view/smooth.js'
import { drawable, framed, inWindow, shownLines } from '../../../src-renderer/src/ui/chart/view/view-chart.js'
import { selectionOf, windowWith, zoomAround, zoomTo } from '../../../src-renderer/src/ui/chart/zoom.js'

const points = (values: readonly number[]): ChartPoint[] => values.map((y, x) => ({ x, y }))
const line = (id: string, ...segments: readonly (readonly ChartPoint[])[]): ChartSeries => ({
  id,
  label: id,
  colour: 'text',
  dash: [],
  marker: 'none',
  segments,
})
const chart = (...series: ChartSeries[]): ChartInput => ({
  series,
  boundaries: [],
  x: { title: 'step', format: String },
  y: { title: 'loss', format: String },
})
const whole = { x: null, y: null }
const values = ({ series }: Pick<ChartInput, 'series'>, index = 0) => series[index]!.segments.flat().map(({ y }) => y)

describe('smooth', () => {
  it('gives the values worked out by hand', () => {
    // Weights of the past halve with each point, and are divided by what they add up to.
    const [a, b, c] = smooth(points([4, 0, 8]), 0.5).map(({ y }) => y)
    expect(a).toBeCloseTo(4, 12)
    expect(b).toBeCloseTo(1 / 0.75, 12)
    expect(c).toBeCloseTo((0.125 * 4 + 0.5 * 8) / 0.875, 12)
  })

  it('leaves a level line level from its first point on', () => {
    expect(smooth(points([3, 3, 3, 3]), 0.9).every(({ y }) => Math.abs(y - 3) < 1e-12)).toBe(true)
  })

  it('passes over what is no number', () => {
    const [, gap, after] = smooth(points([2, Number.NaN, 4]), 0.5)
    expect(gap!.y).toBeNaN()
    expect(after!.y).toBeCloseTo((0.25 * 2 + 0.5 * 4) / 0.75, 12)
  })
})

describe('decimate', () => {
  const many = points(
    Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500) + (i === 77_777 ? 50 : i === 12_345 ? -50 : 0)),
  )

  it('keeps every extreme, in order, in few points', () => {
    const kept = decimate(many, { min: 0, max: 99_999 }, 600)
    expect(kept.length).toBeLessThanOrEqual(1_202)
    expect(kept.find(({ x }) => x === 77_777)?.y).toBeGreaterThan(45)
    expect(kept.find(({ x }) => x === 12_345)?.y).toBeLessThan(-45)
    const places = kept.map(({ x }) => x)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    // Of any column, nothing was higher or lower than what is kept of it.
    for (let column = 0; column < 600; column += 37) {
      const inside = ({ x }: ChartPoint) => Math.floor((x / 99_999) * 600) === column
      const extremes = (of: readonly ChartPoint[]) =>
        [Math.min, Math.max].map((pick) => pick(...of.filter(inside).map(({ y }) => y)))
      expect(extremes(kept)).toEqual(extremes(many))
    }
  })

  it('shows every point once the window is narrow enough, and one beyond either end', () => {
    expect(decimate(many, { min: 500, max: 520 }, 600).map(({ x }) => x)).toEqual(
      Array.from({ length: 23 }, (_, i) => 499 + i),
    )
  })

  it('has nothing where there is nothing', () => {
    expect(decimate([], { min: 0, max: 1 }, 600)).toEqual([])
    expect(decimate(points([1]), { min: 0, max: 1 }, 600)).toHaveLength(1)
  })

  it('hands few points to the canvas, however many lines there are', () => {
    const drawn = drawable(chart(...Array.from({ length: 12 }, (_, i) => line(`${i}`, many))), 800)
    expect(drawn.series.reduce((sum, { segments }) => sum + segments.flat().length, 0)).toBeLessThan(6_100)
  })
})

describe('shownLines', () => {
  it('keeps the measured line faint under the smoothed one', () => {
    const { series } = shownLines([line('loss', points([4, 0]))], { ...plainChart, smoothing: 0.5 })
    expect(series.map(({ label, isFaint }) => [label, isFaint])).toEqual([
      ['loss', true],
      ['loss, smoothed', undefined],
    ])
    expect(values({ series })).toEqual([4, 0])
    expect(values({ series }, 1)[1]).toBeCloseTo(4 / 3, 12)
  })

  it('leaves out what is switched off, and counts what a log axis has no place for', () => {
    const lines = [line('a', points([1, 0, -1, 2])), line('b', points([5]))]
    const { series, leftOut } = shownLines(lines, { ...plainChart, isLog: true, hidden: ['b'] })
    expect(series.map(({ id }) => id)).toEqual(['a'])
    expect(values({ series })).toEqual([1, 2])
    expect(leftOut).toBe(2)
  })
})

describe('framed', () => {
  const spiky = chart(line('a', points(Array.from({ length: 100 }, (_, i) => (i === 50 ? 1_000 : i / 100)))))

  it('fits the values but for the few that lie far out, when they are to be ignored', () => {
    const { y } = framed(spiky, { isLog: false, ignoresOutliers: true }, whole)
    expect(y.max).toBeLessThan(2)
    expect(scaleOf(framed(spiky, plainChart, whole).y, spiky.series, 'y').max).toBe(1_000)
  })

  it('fits the values of the part that is looked at', () => {
    const { y } = framed(spiky, plainChart, { x: { min: 0, max: 40 }, y: null })
    expect([y.min, y.max]).toEqual([0, 0.4])
  })

  it('keeps ends that are given, unless a part is chosen', () => {
    const share = { ...spiky, y: { ...spiky.y, min: 0, max: 1 } }
    expect(framed(share, plainChart, { x: { min: 0, max: 40 }, y: null }).y).toMatchObject({ min: 0, max: 1 })
    expect(framed(share, plainChart, { x: null, y: { min: 0.2, max: 0.3 } }).y).toMatchObject({ min: 0.2, max: 0.3 })
  })

  it('is exported as far as it is looked at', () => {
    expect(values(inWindow(framed(spiky, plainChart, { x: { min: 10, max: 12 }, y: null })))).toEqual([0.1, 0.11, 0.12])
  })
})

describe('scaleOf a log axis', () => {
  const log = (...ys: number[]) => scaleOf({ title: '', format: String, isLog: true }, [line('a', points(ys))], 'y')

  it('marks powers of ten, and 2 and 5 between few of them', () => {
    expect(log(0.002, 700).ticks.map(({ value }) => value)).toEqual([0.01, 0.1, 1, 10, 100, 1_000])
    expect(log(1, 90).ticks.map(({ value }) => value)).toEqual([1, 2, 5, 10, 20, 50, 100])
  })

  it('puts equal factors at equal distances, and back', () => {
    const { at, valueAt } = log(1, 100)
    expect(at(10)).toBeCloseTo(0.5, 12)
    expect(valueAt(at(37))).toBeCloseTo(37, 9)
  })

  it('keeps the distances that an axis allows', () => {
    const { ticks } = scaleOf({ title: '', format: String, min: 0, max: 200, steps: [1, 30, 60] }, [], 'x')
    expect(ticks.map(({ value }) => value)).toEqual([0, 30, 60, 90, 120, 150, 180])
  })
})

describe('the crosshair', () => {
  const a = line(
    'a',
    [
      { x: 1, y: 10, timeMs: 100 },
      { x: 2, y: 20, timeMs: 300 },
    ],
    [{ x: 4, y: 40, timeMs: 900 }],
  )
  const b = line('b', [{ x: 3, y: 0.3, timeMs: 500 }])

  it('finds the nearest point by place and by time', () => {
    expect(nearestPoint(a.segments, 'x', 2.9)?.y).toBe(20)
    expect(nearestOf([a, b], 'x', 2.9)?.y).toBe(0.3)
    expect(nearestOf([a, b], 'timeMs', 750)?.y).toBe(40)
    expect(nearestPoint([[{ x: 1, y: 1 }]], 'timeMs', 5)).toBeNull()
  })

  it('goes from point to point over all lines, and stops at the ends', () => {
    const walk = [0]
    for (let next = neighbour([a, b], 0, 1); next !== null; next = neighbour([a, b], next.x, 1)) walk.push(next.x)
    expect(walk).toEqual([0, 1, 2, 3, 4])
    expect(neighbour([a, b], 3, -1)?.x).toBe(2)
    expect(neighbour([a, b], 1, -1)).toBeNull()
  })

  it('reads only lines that have a point there', () => {
    const readout = readoutAt(chart(a, b), 2, 0.1)
    expect(readoutWords(readout)).toBe('2: a 20')
  })

  it('reads the measured value beside the smoothed one', () => {
    const { series } = shownLines([a], { ...plainChart, smoothing: 0.5 })
    expect(readoutWords(readoutAt(chart(...series), 1, 0.1))).toBe('1: a, smoothed 10, measured 10')
  })

  it('takes both ends into a window', () => {
    expect(pointsWithin(points([0, 1, 2, 3, 4]), { min: 1, max: 3 }).map(({ x }) => x)).toEqual([1, 2, 3])
  })
})

describe('zoom', () => {
  const plot = { left: 0, top: 0, width: 100, height: 50 }
  const axis = scaleOf({ title: '', format: String, min: 0, max: 10 }, [], 'x')

  it('takes a flat drag for the horizontal axis alone, a high one for both, and a short one for nothing', () => {
    expect(selectionOf({ x: 10, y: 10 }, { x: 60, y: 15 }, plot)).toMatchObject({
      left: 10,
      width: 50,
      hasHeight: false,
    })
    const selection = selectionOf({ x: 60, y: 0 }, { x: 10, y: 40 }, plot)!
    const part = zoomTo(selection, plot, axis, axis)
    expect(part.x).toEqual({ min: 1, max: 6 })
    expect(part.y?.min).toBeCloseTo(2, 12)
    expect(part.y?.max).toBe(10)
    expect(selectionOf({ x: 10, y: 0 }, { x: 12, y: 50 }, plot)).toBeNull()
    expect(selectionOf({ x: 50, y: 0 }, { x: 400, y: 0 }, plot)).toMatchObject({ left: 50, width: 50 })
  })

  it('stays inside the whole and ends where it is reached', () => {
    const all = { min: 0, max: 10 }
    expect(zoomAround(all, all, 1, 0.5)).toEqual({ min: 0.5, max: 5.5 })
    expect(zoomAround({ min: 0, max: 4 }, all, 0, 2)).toEqual({ min: 0, max: 8 })
    expect(zoomAround({ min: 0, max: 8 }, all, 0, 2)).toBeNull()
    expect(windowWith({ min: 2, max: 4 }, all, 9.5)).toEqual({ min: 8, max: 10 })
    expect(windowWith({ min: 2, max: 4 }, all, 3)).toEqual({ min: 2, max: 4 })
  })
})
