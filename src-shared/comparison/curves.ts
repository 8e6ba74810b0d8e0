import type { MetricName } from '../model/metrics.js'
import { meanInterval } from '../util/statistics.js'
import { newestPerSeed } from '../util/repetitions.js'
import type { RunState } from '../runs/run-state.js'
import type { ChartInput, ChartPoint, ChartSeries, ChartTable } from '../chart/chart-types.js'
import { percent, plainNumber, plural, share } from '../util/format.js'
import type { ComparedGroup, ReadRun } from './compared.js'

export type CurveName = MetricName

export const curveTitles: Record<CurveName, string> = {
  cleanAccuracy: 'Clean accuracy',
  attackSuccessRate: 'Attack success',
  robustAccuracy: 'Robust accuracy',
  baseRate: 'Base rate',
  loss: 'Loss',
  validationAccuracy: "Accuracy on the defender's images",
  recoveredSuccess: 'Success of recovered triggers',
  mutualInformation: 'Mutual information',
}

const MAX_NAME = 32

/** Marks the lines that stand for the ends of an interval. */
const INTERVAL = ' interval'

/** Stages that can be laid over each other: the same step of the same method in several runs. */
export interface CurveStage {
  readonly id: string
  readonly title: string
  readonly runs: number
}

/** Whatever the method: what each defense does last, epoch by epoch. */
export const LAST_OF_DEFENSE = 'defense'

/** Stages with figures, the ones that most runs share first, later ones before earlier ones. */
export function curveStages(runs: readonly ReadRun[]): CurveStage[] {
  const found = new Map<string, { title: string; runs: Set<string>; position: number }>()
  const add = (id: string, title: string, { runId }: ReadRun, position: number): void => {
    const stage = found.get(id) ?? { title, runs: new Set(), position }
    stage.runs.add(runId)
    found.set(id, stage)
  }
  for (const run of runs) {
    for (const stage of measuredStages(run)) add(idOf(run, stage), titleOf(run, stage), run, stage)
    for (const stage of lastStages(run)) add(LAST_OF_DEFENSE, 'Each defense, its last stage', run, stage)
  }
  const specific = [...found].filter(([id]) => id.startsWith(`${LAST_OF_DEFENSE}:`)).length
  return [...found]
    .filter(([id]) => id !== LAST_OF_DEFENSE || specific > 1)
    .toSorted(([, a], [, b]) => b.runs.size - a.runs.size || b.position - a.position)
    .map(([id, stage]) => ({ id, title: stage.title, runs: stage.runs.size }))
}

function measuredStages({ state }: ReadRun): number[] {
  const measured = state.metrics.filter(({ epoch }) => epoch !== null).map(({ stage }) => stage)
  const descended = state.loss.flatMap(({ pass }) => state.passes[pass]?.stage ?? [])
  return [...new Set([...measured, ...descended])].toSorted((a, b) => a - b)
}

function lastStages(run: ReadRun): number[] {
  const { stages } = run.state.record
  const measured = measuredStages(run).filter((index) => stages[index]?.defense !== null)
  return [...Map.groupBy(measured, (index) => stages[index]?.defense).values()].map((own) => Math.max(...own))
}

function idOf({ state }: ReadRun, index: number): string {
  const stage = state.record.stages[index]
  const defense = stage?.defense ?? null
  if (stage === undefined || defense === null) return stage?.kind ?? ''
  return `${LAST_OF_DEFENSE}:${state.record.experiment.defenses[defense]?.id}:${stage.kind}`
}

function titleOf({ state }: ReadRun, index: number): string {
  return state.record.stages[index]?.title ?? ''
}

function stagesOf(run: ReadRun, id: string): number[] {
  return id === LAST_OF_DEFENSE ? lastStages(run) : measuredStages(run).filter((stage) => idOf(run, stage) === id)
}

/** What was measured in a stage, in a fixed order. */
export function curveNames(runs: readonly ReadRun[], stageId: string): CurveName[] {
  const isKnown = (name: CurveName): boolean =>
    runs.some((run) => stagesOf(run, stageId).some((stage) => curve(run, stage, name).length > 0))
  return (Object.keys(curveTitles) as CurveName[]).filter(isKnown)
}

/** Points by epoch of the stage; its passes, where it has several, are laid end to end and not joined. */
function curve({ state }: ReadRun, stage: number, name: CurveName): ChartPoint[][] {
  const points = new Map<number, ChartPoint[]>()
  const add = (pass: number, epochs: number, y: number): void => {
    const own = points.get(pass) ?? []
    own.push({ x: epochsBefore(state, stage, pass) + epochs, y })
    points.set(pass, own)
  }
  if (name === 'loss') {
    for (const { pass, steps, loss } of state.loss) {
      const of = state.passes[pass]
      if (of?.stage === stage) add(pass, steps / of.stepsPerEpoch, loss)
    }
  } else {
    for (const { stage: of, pass, epoch, values } of state.metrics) {
      const y = values[name]
      if (of === stage && epoch !== null && y !== undefined) add(pass, epoch, y)
    }
  }
  return [...points.values()]
}

function epochsBefore({ passes }: RunState, stage: number, pass: number): number {
  const before = passes.slice(0, pass).filter((each) => each.stage === stage)
  return before.reduce((sum, { epochs }) => sum + epochs, 0)
}

export interface CurveOptions {
  readonly stageId: string
  readonly name: CurveName
  /** Runs of one experiment as their mean, with its interval. */
  readonly isMean: boolean
}

export function compareChart(groups: readonly ComparedGroup[], { stageId, name, isMean }: CurveOptions): ChartInput {
  // Runs of a single experiment are told apart by their seeds.
  const nameOf = (group: ComparedGroup): string => (groups.length === 1 ? '' : `${shortName(group)}, `)
  const series = groups.flatMap((group) =>
    isMean && group.runs.length > 1
      ? meanSeries(group, stageId, name, nameOf(group))
      : group.runs.flatMap((run) => runSeries(run, stagesOf(run, stageId), name, nameOf(group))),
  )
  const isRate = name !== 'loss' && name !== 'mutualInformation'
  return {
    series,
    boundaries: [],
    x: { title: 'epoch of the stage', min: 0, format: plainNumber, describe: (epoch) => `epoch ${plainNumber(epoch)}` },
    y: isRate
      ? { title: 'share of images', rawTitle: `${curveTitles[name]}, 0 to 1`, min: 0, max: 1, format: share }
      : { title: curveTitles[name].toLowerCase(), format: plainNumber },
  }
}

/** Long names would leave a legend no room for the chart; the list of runs has them whole. */
function shortName({ name }: ComparedGroup): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1).trimEnd()}…` : name
}

function runSeries(run: ReadRun, stages: readonly number[], name: CurveName, groupName: string): ChartSeries[] {
  const { defenses } = run.state.record.experiment
  return stages.map((stage, index): ChartSeries => {
    const defense = defenses.length > 1 ? `, ${titleOf(run, stage)}` : ''
    return {
      id: `${run.runId} ${stage}`,
      label: `${groupName}seed ${run.seed}${defense}`,
      ...run.look,
      // A further defense of the same run has its colour and dash too.
      isHollow: index > 0,
      segments: curve(run, stage, name),
    }
  })
}

/**
 * The mean over those seeds that came to the stage, at the epochs that all of them have, and above and below it the ends
 * of its interval. The runs themselves where they have no epoch in common.
 */
function meanSeries(group: ComparedGroup, stageId: string, name: CurveName, groupName: string): ChartSeries[] {
  const [first] = group.runs
  const stages = new Set(group.runs.flatMap((run) => stagesOf(run, stageId)))
  return [...stages].flatMap((stage, index): ChartSeries[] => {
    const runs = newestPerSeed(group.runs.filter((run) => curve(run, stage, name).length > 0))
    const values = Map.groupBy(
      runs.flatMap((run) => curve(run, stage, name).flat()),
      ({ x }) => x,
    )
    const means = [...values].flatMap(([x, points]) => {
      const interval = points.length === runs.length ? meanInterval(points.map(({ y }) => y)) : null
      return interval === null ? [] : [{ x, ...interval }]
    })
    if (means.length === 0) return group.runs.flatMap((run) => runSeries(run, [stage], name, groupName))
    const ends = means.flatMap(({ x, mean, halfWidth }) => (halfWidth === null ? [] : [{ x, mean, halfWidth }]))
    const label = `${groupName}mean over ${plural(runs.length, 'seed')}`
    return [
      {
        id: `mean ${first.runId} ${stage}`,
        label,
        ...first.look,
        isHollow: index > 0,
        segments: [means.map(({ x, mean }) => ({ x, y: mean }))],
      },
      {
        id: `mean ${first.runId} ${stage}${INTERVAL}`,
        label: 'its 95 % interval',
        colour: first.look.colour,
        dash: [1, 3],
        marker: 'none',
        segments:
          ends.length === 0
            ? []
            : [
                ends.map(({ x, mean, halfWidth }) => ({ x, y: mean + halfWidth })),
                ends.map(({ x, mean, halfWidth }) => ({ x, y: mean - halfWidth })),
              ],
      },
    ]
  })
}

/** The same as rows: one for each epoch, one column for each line. */
export function compareTable({ series, y }: ChartInput): ChartTable {
  const lines = series.filter(({ id }) => !id.endsWith(INTERVAL))
  const epochs = [...new Set(lines.flatMap(({ segments }) => segments.flat().map(({ x }) => x)))].toSorted(
    (a, b) => a - b,
  )
  const show = y.max === 1 ? percent : plainNumber
  return {
    columns: ['Epoch', ...lines.map(({ label }) => label)],
    rows: epochs.map((epoch) => [
      plainNumber(epoch),
      ...lines.map(({ segments }) => {
        const point = segments.flat().find(({ x }) => x === epoch)
        return point === undefined ? '–' : show(point.y)
      }),
    ]),
  }
}
