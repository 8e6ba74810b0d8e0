/** What the application and the engine process say to each other. It loads nothing of either. */
import { z } from 'zod'
import { command, type Handlers } from '../../src-shared/contract/command.js'
import { commands } from '../../src-shared/contract/commands.js'
import { InspectionProgress, RunFact } from '../../src-shared/contract/events.js'
import { DatasetActivity, DatasetName, ImportOptions, StoredDataset } from '../../src-shared/model/dataset.js'
import { EngineInfo } from '../../src-shared/model/engine-info.js'
import { Rehearsal } from '../../src-shared/model/estimate.js'
import { Experiment } from '../../src-shared/model/experiment.js'
import { ImportedModel, ModelImportOptions } from '../../src-shared/model/imported-model.js'
import { PluginId, RunId } from '../../src-shared/model/ids.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { StudyPlan, StudyRequest } from '../../src-shared/model/study.js'
import { ModelName } from '../../src-shared/model/victim.js'

const nothing = z.object({})
const victimFile = z.string().nullable().meta({ description: 'Weights of the imported victim, where there is one.' })

/** What the engine has to know of a run to look at it; it reads the rest from the folder. */
export const InspectedRun = z.object({ record: RunRecord, folder: z.string() })
export type InspectedRun = z.infer<typeof InspectedRun>

/** The same question with the run that it is of. */
function ofRun<I extends z.ZodType, O extends z.ZodType>({ input, output }: { input: I; output: O }) {
  return command(z.object({ run: InspectedRun, request: input }), output)
}

const inspections = {
  'inspection.describe': ofRun(commands['inspection.describe']),
  'inspection.samples': ofRun(commands['inspection.samples']),
  'inspection.predict': ofRun(commands['inspection.predict']),
  'inspection.images': ofRun(commands['inspection.images']),
  'inspection.explain': ofRun(commands['inspection.explain']),
  'inspection.heat': ofRun(commands['inspection.heat']),
  'inspection.patches': ofRun(commands['inspection.patches']),
  'inspection.distances': ofRun(commands['inspection.distances']),
  'inspection.network': ofRun(commands['inspection.network']),
  'inspection.weights': ofRun(commands['inspection.weights']),
  'inspection.activations': ofRun(commands['inspection.activations']),
  'inspection.trigger-change': ofRun(commands['inspection.trigger-change']),
  'inspection.embed': ofRun(commands['inspection.embed']),
  'inspection.detect': ofRun(commands['inspection.detect']),
  'inspection.spectra': ofRun(commands['inspection.spectra']),
} as const

/** Questions about a run that is there, in a process of its own. */
export type EngineInspections = typeof inspections
export type InspectionName = keyof EngineInspections
export const inspectionNames = Object.keys(inspections) as InspectionName[]

/** The poisoned dataset of an experiment; of a run, whose folder holds an optimised trigger. */
export const PoisonedExperiment = z.object({ experiment: Experiment, folder: z.string().nullable() })
export type PoisonedExperiment = z.infer<typeof PoisonedExperiment>

export const engineCommands = {
  'catalogue.list': commands['catalogue.list'],
  'experiment.check': commands['experiment.check'],
  /** Loads the backend if it is not loaded yet. */
  'engine.describe': command(nothing, z.object({ info: EngineInfo, memoryMb: z.number() })),
  /** Answers once the job is accepted; the rest comes as facts, the last of them terminal. */
  'job.start': command(
    z.object({
      runId: RunId,
      folder: z.string(),
      experiment: Experiment,
      victimFile,
      told: z
        .int()
        .min(0)
        .default(0)
        .meta({ description: 'Facts of its course that are written down from when it was run in part.' }),
    }),
    nothing,
  ),
  /** Throws where a run cannot be gone on with from what its folder holds; changes nothing. */
  'job.check': command(
    z.object({
      folder: z.string(),
      experiment: Experiment,
      images: z
        .string()
        .nullable()
        .meta({ description: 'Those that it began with, as its record says; null where that does not.' }),
    }),
    nothing,
  ),
  'trigger.preview': commands['trigger.preview'],
  /** Every run of a study, checked. */
  'study.plan': command(StudyRequest, StudyPlan),
  /** Runs every stage for a moment. For a process of its own: it takes cores and memory as a run does. */
  'job.rehearse': command(z.object({ experiment: Experiment, victimFile }), Rehearsal),
  ...inspections,
  'inspection.cancel': commands['inspection.cancel'],
  'poison.describe': command(z.object({ of: PoisonedExperiment }), commands['poison.describe'].output),
  'poison.images': command(
    commands['poison.images'].input.omit({ source: true }).extend({ of: PoisonedExperiment }),
    commands['poison.images'].output,
  ),
  'job.cancel': command(z.object({ runId: RunId }), nothing),
  'job.pause': command(z.object({ runId: RunId }), nothing),
  'job.resume': command(z.object({ runId: RunId }), nothing),
  'job.stop': command(z.object({ runId: RunId }), nothing),
  /** Reads a file or folder of a stranger and stores it as `target`, whole or not at all. */
  'dataset.import': command(
    z.object({
      id: PluginId,
      name: DatasetName.nullable(),
      path: z.string(),
      options: ImportOptions,
      target: z.string(),
    }),
    StoredDataset,
  ),
  /** Reads a model of a stranger and fills a new folder with its weights and what is known of them. */
  'model.import': command(
    z.object({
      name: ModelName,
      path: z.string(),
      trigger: z.string().nullable(),
      triggerMask: z.string().nullable(),
      options: ModelImportOptions,
      folder: z.string(),
    }),
    ImportedModel,
  ),
} as const

export type EngineCommands = typeof engineCommands
export type EngineHandlers = Handlers<EngineCommands>

export const EngineEvent = z.union([
  z.object({ runId: RunId, fact: RunFact }),
  z.object({ importing: DatasetActivity }),
  z.object({ inspecting: InspectionProgress.omit({ type: true }) }),
])
export type EngineEvent = z.infer<typeof EngineEvent>

/** What the bootstrap found and installed; it leaves this as a file, and the engine decides by it what to load. */
export const EngineInstallation = z.object({
  variant: z.enum(['cpu', 'gpu', 'js']),
  tensorflowVersion: z.string().nullable(),
  libraryFolder: z.string().nullable(),
  addon: z.string().nullable().default(null).meta({
    description:
      'The binding between Node and TensorFlow, where it lies outside of the program, as for a packaged one.',
  }),
  reason: z.string(),
})
export type EngineInstallation = z.infer<typeof EngineInstallation>

/** Handed to the engine process as its only argument, as JSON. */
export const EngineOptions = z.object({
  installationFile: z.string(),
  datasetCache: z.string(),
  /** What was computed of runs, to be found again. */
  inspectionCache: z.string(),
})
export type EngineOptions = z.infer<typeof EngineOptions>
