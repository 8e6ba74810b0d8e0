import { z } from 'zod'
import { Stage } from './run-record.js'

const seconds = z.number().min(0)

/** How long the parts of a stage take, as measured. A stage walks through loops, and each loop through epochs of steps. */
export const StageMeasure = z.object({
  stage: Stage,
  loops: z.int().min(0),
  /** Over all loops, at most; only those that end with a look at what has come of it. */
  epochs: z.int().min(0),
  /** Over all loops, at most. */
  steps: z.int().min(0),
  /** Before the first step of a loop is done: what it takes to begin. */
  loopSeconds: seconds,
  /** Beyond its steps: what is looked at after each epoch. */
  epochSeconds: seconds,
  stepSeconds: seconds,
  /** Outside of all loops. */
  otherSeconds: seconds,
})
export type StageMeasure = z.infer<typeof StageMeasure>

/** What a short rehearsal of an experiment found: each stage for a moment, with the real model, batches and methods. */
export const Rehearsal = z.object({
  stages: z.array(Stage),
  /** Stages that were reached; the others have not been measured. */
  measures: z.array(StageMeasure),
  peakMemoryMb: z.number().min(0),
  /** Weights of the victim and of every defense, as files. */
  weightsMb: z.number().min(0),
})
export type Rehearsal = z.infer<typeof Rehearsal>

export const StageEstimate = z.object({
  stage: Stage,
  /** Optimisation steps at most; null where there are none or they are not known. */
  steps: z.int().min(0).nullable(),
  seconds: seconds.nullable(),
})
export type StageEstimate = z.infer<typeof StageEstimate>

/** What a run will take, at most, as far as it is known. Nothing in it is guessed: see `basis`. */
export const Estimate = z.object({
  stages: z.array(StageEstimate),
  /** In all; null unless every stage is known. */
  seconds: seconds.nullable(),
  peakMemoryMb: z.number().min(0).nullable(),
  diskMb: z.number().min(0).nullable(),
  basis: z.enum(['rehearsal', 'earlier-run', 'unknown']),
  /** What the figures rest on, or why there are none, for people. */
  reason: z.string(),
})
export type Estimate = z.infer<typeof Estimate>
