import { z } from 'zod'
import { EngineInfo } from '../model/engine-info.js'
import { Experiment } from '../model/experiment.js'
import { RunId } from '../model/ids.js'
import { JsonValue } from '../model/json.js'
import { PreviewRequest, TriggerPreview } from '../model/trigger-preview.js'
import { Catalogue } from '../model/plugin-manifest.js'
import { AnnotationsChange, RunAnnotations } from '../model/run-annotations.js'
import { RunListing, RunRecord } from '../model/run-record.js'
import { command, type Handlers } from './command.js'
import { RunEvent } from './events.js'

const nothing = z.object({})

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
})
export type SystemReport = z.infer<typeof SystemReport>

/** The only list of what a shell can ask of the application. */
export const commands = {
  'catalogue.list': command(nothing, Catalogue),
  'experiment.check': command(
    z.object({ experiment: JsonValue }),
    z.object({ experiment: Experiment.meta({ description: 'Complete: every default and preset filled in.' }) }),
  ),
  'trigger.preview': command(PreviewRequest, TriggerPreview),
  'run.start': command(z.object({ experiment: JsonValue }), z.object({ runId: RunId })),
  /** Ends the run at once; what it has saved stays. */
  'run.cancel': command(z.object({ runId: RunId }), nothing),
  'run.pause': command(z.object({ runId: RunId }), nothing),
  'run.resume': command(z.object({ runId: RunId }), nothing),
  /** Ends each optimisation after its present epoch, keeps and evaluates what there is, and finishes the run. */
  'run.stop': command(z.object({ runId: RunId }), nothing),
  'run.list': command(nothing, z.object({ runs: z.array(RunListing), unreadable: z.array(z.string()) })),
  /** Tags, note, star, archive. Refused where what is there cannot be read, so that nothing is written over. */
  'run.annotate': command(
    z.object({ runId: RunId, change: AnnotationsChange }),
    z.object({ annotations: RunAnnotations }),
  ),
  'run.snapshot': command(
    z.object({ runId: RunId, afterSeq: z.int().min(0).default(0) }),
    z.object({ record: RunRecord, folder: z.string(), events: z.array(RunEvent), lastSeq: z.int().min(0) }),
  ),
  'system.report': command(nothing, SystemReport),
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type AppHandlers = Handlers<Commands>
