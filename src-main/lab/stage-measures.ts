import type { RunFact } from '../../src-shared/contract/events.js'
import type { StageMeasure } from '../../src-shared/model/estimate.js'
import type { Stage } from '../../src-shared/model/run-record.js'

/** From so many on, one in which a step was compiled does not decide. */
const ENOUGH_PAIRS = 5

/** A fact of a run and when it was told. */
export interface TimedFact {
  readonly fact: RunFact
  readonly atMs: number
}

type Progress = Extract<RunFact, { type: 'run.progress' }> & { readonly atMs: number }

/**
 * How long loops, epochs and steps of each stage take, read off what a run told. Steps and epochs count with the median,
 * because a step is compiled when it is done for the first time. Stages that were not left are not among them.
 */
export function measureStages(stages: readonly Stage[], facts: readonly TimedFact[]): StageMeasure[] {
  const entries = facts.filter(({ fact }) => fact.type === 'run.stage')
  const end = facts.find(({ fact }) => fact.type === 'run.finished')
  return entries.flatMap(({ fact, atMs }, at) => {
    const stage = fact.type === 'run.stage' ? stages[fact.index] : undefined
    const leftMs = (entries[at + 1] ?? end)?.atMs
    if (stage === undefined || leftMs === undefined) return []
    const progress = facts.flatMap((told): Progress[] =>
      told.fact.type === 'run.progress' && told.atMs >= atMs && told.atMs <= leftMs && stages[told.fact.stage] === stage
        ? [{ ...told.fact, atMs: told.atMs }]
        : [],
    )
    return [measureStage(stage, loopsOf(progress), atMs, leftMs)]
  })
}

function measureStage(stage: Stage, loops: readonly Progress[][], enteredMs: number, leftMs: number): StageMeasure {
  const pairs = loops.flatMap((loop) => loop.slice(1).map((after, k) => pairOf(loop[k]!, after)))
  const within = pairs.filter(({ epochEnds }) => epochEnds === 0)
  const across = pairs.filter(({ epochEnds }) => epochEnds > 0)
  // Epochs that are over in a moment have hardly two reports each: a step then comes with its share of what follows.
  const stepMs = median((within.length >= ENOUGH_PAIRS ? within : pairs).map(({ ms, steps }) => ms / steps))
  const epochMs = median(across.map(({ ms, steps, epochEnds }) => Math.max(0, ms - steps * stepMs) / epochEnds))
  const lastMs = loops.at(-1)?.at(-1)?.atMs ?? enteredMs
  const usual = sum(pairs, ({ steps, epochEnds }) => steps * stepMs + epochEnds * epochMs)
  // Whatever is left happens once in a loop: its first step, and the first one with a smaller batch.
  const loopMs = loops.length === 0 ? 0 : Math.max(0, lastMs - enteredMs - usual) / loops.length
  return {
    stage,
    loops: loops.length,
    epochs: sum(loops, ([first]) => first!.epochs),
    steps: sum(loops, ([first]) => first!.epochs * first!.steps),
    loopSeconds: loopMs / 1000,
    epochSeconds: epochMs / 1000,
    stepSeconds: stepMs / 1000,
    otherSeconds: (leftMs - lastMs) / 1000,
  }
}

/** What lies between two moments of a loop. */
interface Pair {
  readonly ms: number
  readonly steps: number
  readonly epochEnds: number
}

function pairOf(before: Progress, after: Progress): Pair {
  return {
    ms: after.atMs - before.atMs,
    steps: placeOf(after) - placeOf(before),
    epochEnds: after.epoch - before.epoch,
  }
}

/** Parts what was told where a loop begins anew. */
function loopsOf(progress: readonly Progress[]): Progress[][] {
  const loops: Progress[][] = []
  for (const told of progress) {
    const before = loops.at(-1)?.at(-1)
    if (before === undefined || placeOf(told) <= placeOf(before)) loops.push([told])
    else loops.at(-1)!.push(told)
  }
  return loops
}

/** Steps done within the loop. */
function placeOf({ epoch, step, steps }: Progress): number {
  return (epoch - 1) * steps + step
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}

/** 0 for none at all. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
