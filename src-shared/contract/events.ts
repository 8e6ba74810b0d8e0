import { z } from 'zod'
import { ArtifactRef } from '../model/artifact.js'
import { EngineInfo } from '../model/engine-info.js'
import { RunId } from '../model/ids.js'
import { TaskId } from '../model/inspection.js'
import { MetricOrigin, MetricValues } from '../model/metrics.js'
import { RunAnnotations } from '../model/run-annotations.js'
import { RunSummary, Stage } from '../model/run-record.js'
import { WireError } from './errors.js'

/** What the engine says of a run, before the application stamps it with run, sequence number and time. */
export const RunFact = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.planned'), stages: z.array(Stage), engine: EngineInfo }),
  /** Which images it works with; see the record of a run. */
  z.object({ type: z.literal('run.data'), images: z.string() }),
  z.object({ type: z.literal('run.stage'), index: z.int().min(0) }),
  z.object({
    type: z.literal('run.progress'),
    stage: z.int().min(0),
    epoch: z.int().min(0),
    epochs: z.int().min(0),
    step: z.int().min(0),
    steps: z.int().min(0),
    imagesPerSecond: z.number().min(0),
    /** Of the stage. */
    remainingMs: z.number().min(0).nullable(),
    /** How much of the stage is done, 0 to 1, where it is known; runs of earlier versions do not say. */
    stageShare: z.number().min(0).max(1).optional(),
    /** What the engine holds in memory, in MB; runs of earlier versions do not say. */
    memoryMb: z.number().min(0).optional(),
    loss: z.number().nullable(),
    note: z.string().optional(),
  }),
  z.object({
    type: z.literal('run.metrics'),
    stage: z.int().min(0),
    epoch: z.int().min(0).nullable(),
    origin: MetricOrigin,
    values: MetricValues,
  }),
  z.object({
    type: z.literal('run.wall-hung'),
    /** Contact sheet of triggered test images, a file of the run. */
    sheet: z.string(),
    columns: z.int().min(1),
    trueClasses: z.array(z.int().min(0)),
    targetClasses: z.array(z.int().min(0)),
  }),
  z.object({
    type: z.literal('run.wall'),
    stage: z.int().min(0),
    epoch: z.int().min(0),
    step: z.int().min(0),
    predicted: z.array(z.int().min(0)),
    confidence: z.array(z.number().min(0).max(1)),
  }),
  z.object({ type: z.literal('run.paused') }),
  z.object({
    type: z.literal('run.resumed'),
    from: z.string().optional().meta({ description: 'The checkpoint that a run which had ended goes on from.' }),
  }),
  /** `engine`: what the process printed by itself, word for word. */
  z.object({ type: z.literal('run.note'), level: z.enum(['info', 'warning', 'engine']), text: z.string() }),
  z.object({ type: z.literal('run.artifact'), artifact: ArtifactRef }),
  z.object({ type: z.literal('run.finished'), summary: RunSummary }),
  z.object({ type: z.literal('run.failed'), error: WireError }),
  z.object({ type: z.literal('run.cancelled') }),
])
export type RunFact = z.infer<typeof RunFact>

const stamp = { runId: RunId, seq: z.int().min(1), at: z.iso.datetime() }

/** A fact with its place: `seq` counts from 1 within the run, so a client can tell what it has missed. */
export const RunEvent = z.intersection(z.union([RunFact, z.object({ type: z.literal('run.queued') })]), z.object(stamp))
export type RunEvent = z.infer<typeof RunEvent>

/** People said something about a run: no part of its course, so it has no place in the run's sequence. */
export const RunAnnotated = z.object({ type: z.literal('run.annotated'), runId: RunId, annotations: RunAnnotations })
export type RunAnnotated = z.infer<typeof RunAnnotated>

/** How far a long look at a run is. */
export const InspectionProgress = z.object({
  type: z.literal('inspection.progress'),
  runId: RunId,
  task: TaskId,
  done: z.int().min(0),
  total: z.int().min(0),
})
export type InspectionProgress = z.infer<typeof InspectionProgress>

/** Everything that a client is told. */
export const AppEvent = z.union([RunEvent, RunAnnotated, InspectionProgress])
export type AppEvent = z.infer<typeof AppEvent>

/** Whether it belongs to the course of a run. */
export function isRunEvent(event: AppEvent): event is RunEvent {
  return event.type !== 'run.annotated' && event.type !== 'inspection.progress'
}

const COURSE: readonly string[] = ['run.stage', 'run.metrics', 'run.wall-hung', 'run.wall', 'run.artifact']

/**
 * Whether a run tells it in the same place of its course each time that it is run: no progress, which depends on the
 * time, and nothing that people or the process around it bring about.
 */
export function isOfCourse(fact: { type: string }): boolean {
  return COURSE.includes(fact.type)
}

export type TerminalFact = Extract<RunFact, { type: 'run.finished' | 'run.failed' | 'run.cancelled' }>

export function isTerminal(fact: { type: string }): fact is TerminalFact {
  return fact.type === 'run.finished' || fact.type === 'run.failed' || fact.type === 'run.cancelled'
}
