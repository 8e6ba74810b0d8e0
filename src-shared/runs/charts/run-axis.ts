import { isOver, type LossPoint, type MetricPoint, type Pass, type RunState } from '../run-state.js'
import type { ChartAxis, ChartBoundary, XKind } from '../../chart/chart-types.js'
import { clock, count, plainNumber } from '../../util/format.js'

/** The horizontal axis of a whole run: everything in the order in which it was done. */
export interface RunAxis {
  readonly axis: ChartAxis
  readonly boundaries: readonly ChartBoundary[]
  lossAt(point: LossPoint): number
  metricAt(point: MetricPoint): number
}

/** Seconds between two marks of a clock; beyond them, powers of ten will do. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]

interface PlacedPass extends Pass {
  /** What was done before it, and in it, in the unit of the axis. */
  readonly offset: number
  readonly width: number
}

export function runAxis(state: RunState, kind: XKind): RunAxis {
  return kind === 'time' ? timeAxis(state) : countedAxis(state, kind)
}

function timeAxis({ stageTimes, startedMs, record }: RunState): RunAxis {
  const from = startedMs ?? 0
  const seconds = ({ elapsedMs }: { readonly elapsedMs: number }): number => elapsedMs / 1000
  const boundaries = Object.entries(stageTimes).map(([stage, time]) => ({
    x: (time.startedMs - from) / 1000,
    label: shortTitle(record.stages[Number(stage)]?.title ?? ''),
  }))
  return {
    axis: {
      title: 'time, minutes and seconds',
      rawTitle: 'time in seconds',
      min: 0,
      steps: TIME_STEPS,
      format: (value) => clock(value * 1000),
      describe: (value) => `${boundaries.findLast(({ x }) => x <= value)?.label ?? ''}, ${clock(value * 1000)}`,
    },
    boundaries,
    lossAt: seconds,
    metricAt: seconds,
  }
}

/** Epochs or steps, counted through all stages and passes. */
function countedAxis(state: RunState, kind: 'epoch' | 'step'): RunAxis {
  const passes = placePasses(state, kind)
  const end = passes.reduce((sum, pass) => Math.max(sum, pass.offset + pass.width), 0)
  const inUnit = (steps: number, { stepsPerEpoch }: Pass): number => (kind === 'step' ? steps : steps / stepsPerEpoch)
  const first = Map.groupBy(passes, ({ stage }) => stage)
  return {
    axis: {
      title: kind === 'step' ? 'steps, over all stages' : 'epochs, over all stages',
      min: 0,
      max: Math.max(1, end),
      format: kind === 'step' ? count : plainNumber,
      describe: (x) => describePlace(state, passes, kind, x),
    },
    boundaries: [...first].map(([stage, [pass]]) => ({
      x: pass?.offset ?? 0,
      label: shortTitle(state.record.stages[stage]?.title ?? ''),
    })),
    lossAt({ pass, steps }) {
      const place = passes[pass]
      return place === undefined ? end : place.offset + inUnit(steps - place.startSteps, place)
    },
    metricAt({ pass, epoch }) {
      const place = passes[pass]
      if (place === undefined) return end
      if (epoch === null) return place.offset + place.width
      return place.offset + inUnit(Math.max(0, epoch * place.stepsPerEpoch - place.startSteps), place)
    },
  }
}

/** One after the other; the present one as wide as it is planned, the others as far as they came. */
function placePasses({ passes, loss, record }: RunState, kind: 'epoch' | 'step'): PlacedPass[] {
  const reached = new Map(loss.map((point) => [point.pass, point.steps]))
  let offset = 0
  return passes.map((pass, index) => {
    const { epochs, stepsPerEpoch, startSteps } = pass
    const isPresent = index === passes.length - 1 && !isOver(record)
    const endSteps = isPresent ? epochs * stepsPerEpoch : (reached.get(index) ?? startSteps)
    const width = (endSteps - startSteps) / (kind === 'step' ? 1 : stepsPerEpoch)
    const placed = { ...pass, offset, width }
    offset += width
    return placed
  })
}

function describePlace({ record }: RunState, passes: readonly PlacedPass[], kind: 'epoch' | 'step', x: number): string {
  const pass = passes.findLast(({ offset }) => x > offset) ?? passes[0]
  if (pass === undefined) return ''
  const title = shortTitle(record.stages[pass.stage]?.title ?? '')
  const started = pass.startSteps / (kind === 'step' ? 1 : pass.stepsPerEpoch)
  const number = plainNumber(started + x - pass.offset)
  return [title, ...(pass.note === null ? [] : [pass.note]), `${kind} ${number}`].join(', ')
}

/** `BAERASER: Unlearn triggers` as `Unlearn triggers`: above a chart there is little room. */
export function shortTitle(title: string): string {
  return title.slice(title.indexOf(':') + 1).trim()
}
