import type { Estimate, Rehearsal, StageEstimate, StageMeasure } from '../../src-shared/model/estimate.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import { secondsOfStage, type RunRecord, type Stage } from '../../src-shared/model/run-record.js'

const MB = 1024 * 1024
/** Record, events, figures and pictures of a run beside its weights: 0.1 to 0.4 MB in runs that were measured. */
const RECORDS_MB = 0.3
/** What a whole run holds beyond its rehearsal, as the heap grows: up to 100 MB in runs that were measured. */
const LONG_RUN_MB = 50

/** What a run of the experiment will take, from a rehearsal of one that differs from it in its training epochs at most. */
export function estimateFromRehearsal(rehearsal: Rehearsal, { training }: Experiment): Estimate {
  const measureOf = (stage: Stage): StageMeasure | undefined =>
    rehearsal.measures.find(({ stage: { kind, defense, title } }) => {
      return kind === stage.kind && defense === stage.defense && title === stage.title
    })
  const stages = rehearsal.stages.map((stage): StageEstimate => {
    const measure = measureOf(stage)
    if (measure === undefined) return { stage, steps: null, seconds: null }
    return estimateStage(stage.kind === 'train' ? withEpochs(measure, training.epochs) : measure)
  })
  const missing = stages.filter(({ seconds }) => seconds === null).map(({ stage }) => stage.title)
  return {
    stages,
    seconds: sumOrNull(stages.map(({ seconds }) => seconds)),
    peakMemoryMb: rehearsal.peakMemoryMb + LONG_RUN_MB,
    diskMb: rehearsal.weightsMb + RECORDS_MB,
    basis: 'rehearsal',
    reason:
      'Measured on this machine: every stage was run for a moment.' +
      (missing.length === 0 ? '' : ` Not reached: ${missing.join(', ')}.`),
  }
}

/** What a run of the experiment will take, from an earlier one that differs from it in its training epochs at most. */
export function estimateFromRun(record: RunRecord, { training }: Experiment): Estimate | null {
  const { summary, stages: planned } = record
  if (summary === null) return null
  const longer = training.epochs / record.experiment.training.epochs
  const stages = planned.map((stage): StageEstimate => {
    const before = secondsOfStage(record, stage.kind)
    return { stage, steps: null, seconds: before === null ? null : before * (stage.kind === 'train' ? longer : 1) }
  })
  return {
    stages,
    seconds: sumOrNull(stages.map(({ seconds }) => seconds)),
    peakMemoryMb: summary.peakMemoryMb,
    diskMb: record.artifacts.reduce((sum, { byteLength }) => sum + byteLength, 0) / MB + RECORDS_MB,
    basis: 'earlier-run',
    reason: `As it was in the run ${record.runId}, which had the same data, model and methods.`,
  }
}

export function unknownEstimate(reason: string): Estimate {
  return { stages: [], seconds: null, peakMemoryMb: null, diskMb: null, basis: 'unknown', reason }
}

function withEpochs(measure: StageMeasure, epochs: number): StageMeasure {
  const stepsPerEpoch = measure.epochs === 0 ? 0 : measure.steps / measure.epochs
  return { ...measure, epochs, steps: Math.round(stepsPerEpoch * epochs) }
}

function estimateStage({ stage, loops, epochs, steps, ...seconds }: StageMeasure): StageEstimate {
  return {
    stage,
    steps: steps === 0 ? null : steps,
    seconds:
      loops * seconds.loopSeconds + epochs * seconds.epochSeconds + steps * seconds.stepSeconds + seconds.otherSeconds,
  }
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0)
}
