import { z } from 'zod'
import { Access } from '../model/access.js'
import { DatasetName, DatasetState, ImportOptions } from '../model/dataset.js'
import { EngineInfo } from '../model/engine-info.js'
import { Estimate } from '../model/estimate.js'
import { Experiment } from '../model/experiment.js'
import { ImportedModel, ModelImportOptions } from '../model/imported-model.js'
import { PluginId, RunId } from '../model/ids.js'
import { JsonValue } from '../model/json.js'
import { PreviewRequest, TriggerPreview } from '../model/trigger-preview.js'
import { Catalogue } from '../model/plugin-manifest.js'
import { AnnotationsChange, RunAnnotations } from '../model/run-annotations.js'
import { RunRecord } from '../model/run-record.js'
import { RunList, RunListRequest } from '../runs/run-list.js'
import { PlannedStudy, StudyPlan, StudyRequest, StudyState, StudySummary } from '../model/study.js'
import { ModelName } from '../model/victim.js'
import { command, type Handlers } from './command.js'
import { RunEvent } from './events.js'
import { inspectionCommands } from './inspection-commands.js'
import { poisonCommands } from './poison-commands.js'

const nothing = z.object({})
/** `name` is that of an imported folder, null for an official dataset. */
const whichDataset = z.object({ id: PluginId, name: DatasetName.nullable().default(null) })

const whichStudy = z.object({ name: PluginId })
const startedStudy = z.object({
  plan: StudyPlan,
  started: z.array(RunId),
  done: z.int().meta({ description: 'Were there already.' }),
})

/** State of the program and what it stands on, as `doctor` shows it. */
export const SystemReport = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  workspace: z.string(),
  engine: EngineInfo,
  memory: z.object({ totalMb: z.number(), freeMb: z.number(), engineMb: z.number() }),
  datasetCache: z.object({ folder: z.string(), files: z.int(), totalMb: z.number() }),
  electron: z.object({ version: z.string().nullable(), binary: z.string().nullable(), reason: z.string() }),
  /** What whoever asks may do. */
  access: Access.default('work'),
})
export type SystemReport = z.infer<typeof SystemReport>

/** The only list of what a shell can ask of the application. */
export const commands = {
  'catalogue.list': command(nothing, Catalogue),
  'experiment.check': command(
    z.object({ experiment: JsonValue }),
    z.object({ experiment: Experiment.meta({ description: 'Complete: every default and preset filled in.' }) }),
  ),
  /** What a run will take. Answers once it is measured, which may take a minute. */
  'experiment.estimate': command(z.object({ experiment: JsonValue }), Estimate),
  'trigger.preview': command(PreviewRequest, TriggerPreview),
  'run.start': command(z.object({ experiment: JsonValue }), z.object({ runId: RunId })),
  /** Ends the run at once; what it has saved stays. */
  'run.cancel': command(z.object({ runId: RunId }), nothing),
  'run.pause': command(z.object({ runId: RunId }), nothing),
  /** Goes on with a run that is paused, or that ended before it was done: from its last checkpoint. */
  'run.resume': command(z.object({ runId: RunId }), nothing),
  /** Ends each optimisation after its present epoch, keeps and evaluates what there is, and finishes the run. */
  'run.stop': command(z.object({ runId: RunId }), nothing),
  'run.list': command(RunListRequest, RunList),
  /** Tags, note, star, archive. Refused where what is there cannot be read, so that nothing is written over. */
  'run.annotate': command(
    z.object({ runId: RunId, change: AnnotationsChange }),
    z.object({ annotations: RunAnnotations }),
  ),
  'run.snapshot': command(
    z.object({ runId: RunId, afterSeq: z.int().min(0).default(0) }),
    z.object({ record: RunRecord, folder: z.string(), events: z.array(RunEvent), lastSeq: z.int().min(0) }),
  ),
  /** What is being got, how far it is, and why it failed, is part of the answer. */
  'dataset.list': command(nothing, z.object({ folder: z.string(), datasets: z.array(DatasetState) })),
  /** Answers once it has begun. */
  'dataset.download': command(z.object({ id: PluginId }), nothing),
  /** From a file or folder that the user has opened to this shell; a path is never taken. Answers once it has begun. */
  'dataset.import': command(
    z.object({
      id: PluginId,
      name: DatasetName.default('images').meta({ description: 'For a folder of images: what to call it.' }),
      grant: z.string().max(100),
      options: ImportOptions.prefault({}),
    }),
    nothing,
  ),
  /** Ends getting it. What has arrived of a download is kept for the next try. */
  'dataset.cancel': command(whichDataset, nothing),
  'dataset.remove': command(whichDataset, nothing),
  /**
   * From a file that the user has opened to this shell, with its trigger where that is known. Answers once the model is in
   * the workspace.
   */
  'model.import': command(
    z.object({
      grant: z.string().max(100),
      trigger: z.string().max(100).nullable().default(null),
      triggerMask: z.string().max(100).nullable().default(null),
      options: ModelImportOptions.prefault({}),
    }),
    z.object({ model: ImportedModel }),
  ),
  'model.list': command(
    nothing,
    z.object({
      models: z.array(ImportedModel),
      unreadable: z.array(z.string()).meta({ description: 'Names of folders that hold no model of this version.' }),
    }),
  ),
  'model.remove': command(z.object({ name: ModelName }), nothing),
  /** Every run of a study, checked, with those that there are already; nothing is started. */
  'study.plan': command(StudyRequest, PlannedStudy),
  /** Queues the runs of a study that are not done and not under way. Its plan takes the place of an earlier one. */
  'study.start': command(StudyRequest, startedStudy),
  /** The same for a study as it was planned before. */
  'study.resume': command(whichStudy, startedStudy),
  /** Ends the runs of a study that wait or are in progress, the waiting ones first. */
  'study.cancel': command(whichStudy, z.object({ cancelled: z.int() })),
  'study.list': command(
    nothing,
    z.object({
      studies: z.array(StudySummary),
      unreadable: z.array(z.string()).meta({ description: 'Names of folders that hold no study of this version.' }),
    }),
  ),
  'study.show': command(whichStudy, StudyState),
  ...inspectionCommands,
  ...poisonCommands,
  'system.report': command(nothing, SystemReport),
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type AppHandlers = Handlers<Commands>
