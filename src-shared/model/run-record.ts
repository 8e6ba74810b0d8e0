import { z } from 'zod'
import { WireError } from '../contract/errors.js'
import { ArtifactRef } from './artifact.js'
import { EngineInfo } from './engine-info.js'
import { Experiment } from './experiment.js'
import { PluginId, RunId } from './ids.js'
import { Scores } from './metrics.js'
import { RunAnnotations } from './run-annotations.js'

export const RUN_FORMAT = 'unbackdoor.run'
export const RUN_VERSION = 1

export const RunStatus = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])
export type RunStatus = z.infer<typeof RunStatus>

/** `craft`: an attack optimises its trigger. `fine-tune`, `prune` and `distill`: what defenses other than unlearning do. */
export const StageKind = z.enum([
  'load',
  'craft',
  'poison',
  'train',
  'evaluate',
  'recover',
  'unlearn',
  'fine-tune',
  'prune',
  'distill',
])
export type StageKind = z.infer<typeof StageKind>

/** One step of the plan of a run. `defense` is the position in the experiment's list, null for the victim's stages. */
export const Stage = z.object({
  kind: StageKind,
  title: z.string(),
  defense: z.int().min(0).nullable(),
})
export type Stage = z.infer<typeof Stage>

const seconds = z.number().min(0)
/** Absent in records written before this kind of stage existed. */
const laterSeconds = seconds.default(0)

export const StageSeconds = z.object({
  load: seconds,
  craft: laterSeconds,
  poison: seconds,
  train: seconds,
  recover: seconds,
  unlearn: seconds,
  'fine-tune': laterSeconds,
  prune: laterSeconds,
  distill: laterSeconds,
  evaluate: seconds,
  total: seconds,
})
export type StageSeconds = z.infer<typeof StageSeconds>

/** How a defense, without being told, judged each class: success of the triggers it recovered for that class. */
export const Detection = z.object({
  threshold: z.number(),
  classes: z.array(z.object({ class: z.int(), name: z.string(), recoveredSuccess: z.number(), baseRate: z.number() })),
  target: z.int().nullable().meta({ description: 'The class found to be the target, null for "no backdoor found".' }),
  maskNorms: z
    .array(z.number())
    .optional()
    .meta({
      description:
        'Where classes were judged by how small a mask is that turns images to them: its size in pixels, for each class. ' +
        'The threshold is then in deviations below the median.',
    }),
})
export type Detection = z.infer<typeof Detection>

export const DefenseOutcome = z.enum(['repaired', 'no-backdoor-found', 'not-improved'])
export type DefenseOutcome = z.infer<typeof DefenseOutcome>

export const DefenseSummary = z.object({
  id: PluginId,
  preset: PluginId.nullable(),
  knowledge: z.enum(['defender', 'oracle']).meta({ description: 'oracle: it used what only the attacker knows.' }),
  outcome: DefenseOutcome,
  keptEpoch: z
    .int()
    .min(0)
    .nullable()
    .meta({ description: 'Epoch of the last stage whose weights were kept; 0: those that it started from.' }),
  detection: Detection.nullable(),
  findings: z.array(z.string()).default([]).meta({ description: 'What else the method has to say, in sentences.' }),
  after: Scores,
})
export type DefenseSummary = z.infer<typeof DefenseSummary>

export const RunSummary = z.object({
  before: Scores,
  attackTook: z.boolean().nullable().meta({
    description: 'Whether attack success reached 0.5: removing a backdoor that was never planted proves nothing.',
  }),
  testImages: z.int(),
  triggeredImages: z.int(),
  defenses: z.array(DefenseSummary),
  seconds: StageSeconds,
  peakMemoryMb: z.number(),
  tensorsLeft: z.int().meta({ description: 'Tensors alive at the end beyond those at the start; 0 unless leaking.' }),
})
export type RunSummary = z.infer<typeof RunSummary>

export const Versions = z.object({
  unbackdoor: z.string(),
  node: z.string(),
  tfjs: z.string(),
  platform: z.string(),
})
export type Versions = z.infer<typeof Versions>

/** `run.json`: with the files beside it, all that is needed to reopen or repeat the run. */
export const RunRecord = z.object({
  format: z.literal(RUN_FORMAT),
  version: z.literal(RUN_VERSION),
  runId: RunId,
  status: RunStatus,
  experiment: Experiment,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  versions: Versions,
  engine: EngineInfo.nullable(),
  images: z.string().optional().meta({
    description:
      'Number and fingerprint (FNV-1a) of the training and of the test images; runs of earlier versions do not say.',
  }),
  stages: z.array(Stage),
  summary: RunSummary.nullable(),
  error: WireError.nullable(),
  artifacts: z.array(ArtifactRef),
})
export type RunRecord = z.infer<typeof RunRecord>

/** A line of the list of runs: what is needed to find a run, small enough for ten thousand of them. */
export const RunListing = RunRecord.pick({ runId: true, status: true, createdAt: true, error: true }).extend({
  name: z.string(),
  seed: Experiment.shape.seed,
  dataset: PluginId,
  model: PluginId,
  attack: PluginId.nullable(),
  defenses: z.array(PluginId),
  /** The same for runs that differ only in seed and name. */
  experimentKey: z.string(),
  summary: RunSummary.pick({ before: true })
    .extend({
      defenses: z.array(DefenseSummary.pick({ after: true, knowledge: true })),
      seconds: StageSeconds.pick({ total: true }),
    })
    .nullable(),
  annotations: RunAnnotations.nullable().meta({ description: 'null: there are some, but their file cannot be read.' }),
})
export type RunListing = z.infer<typeof RunListing>

/** Why a run cannot be gone on with where it ended, in words; null where it can. */
export function whyNotResumed({ status, error }: Pick<RunRecord, 'status' | 'error'>): string | null {
  if (status === 'done') return 'it is done'
  if (status === 'queued' || status === 'running') return 'it waits or is in progress'
  // The same steps lead to the same end.
  return error?.code === 'diverged' ? 'its optimisation diverged, and would diverge again' : null
}

/**
 * Seconds that a stage of this kind took in a run, null before its end. Time is kept by kind, so stages of one kind share
 * it.
 */
export function secondsOfStage(
  { summary, stages }: Pick<RunRecord, 'summary' | 'stages'>,
  kind: StageKind,
): number | null {
  if (summary === null) return null
  return summary.seconds[kind] / Math.max(1, stages.filter((stage) => stage.kind === kind).length)
}
