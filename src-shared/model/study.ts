import { z } from 'zod'
import { Experiment } from './experiment.js'
import { PluginId } from './ids.js'
import { RunListing, RunStatus } from './run-record.js'

export const STUDY_FORMAT = 'unbackdoor.study'
export const STUDY_VERSION = 1
/** A study that asks for more runs than this was hardly meant. */
export const MAX_STUDY_RUNS = 2000

/** tiny: minutes, to see that all of it works. small: hours on two cores. full: the published protocol, on a GPU. */
export const StudyScale = z.enum(['tiny', 'small', 'full'])
export type StudyScale = z.infer<typeof StudyScale>

/** A dataset of a study: its id, or `image-folder:NAME` for an imported folder. */
export const StudyDataset = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(:[A-Za-z0-9][A-Za-z0-9._-]*)?$/, 'must be a dataset id, or image-folder:NAME')

const chosen = <T extends z.ZodType>(each: T) => z.array(each).min(1).max(50).optional()

/** Which part of a study to run. What is left out is what the scale says. */
export const StudyRequest = z.strictObject({
  study: PluginId,
  scale: StudyScale.default('small'),
  datasets: chosen(StudyDataset),
  attacks: chosen(PluginId),
  defenses: chosen(PluginId),
  seeds: z.int().min(1).max(100).optional().meta({ description: 'How many: 1, 2, 3 and so on.' }),
})
export type StudyRequest = z.infer<typeof StudyRequest>

/** One run of a study: one victim, and every defense on it. */
export const StudyCell = z.object({
  dataset: StudyDataset,
  attack: PluginId.nullable().meta({ description: 'null: a clean model, on which a defense should find nothing.' }),
  seed: Experiment.shape.seed,
  experiment: Experiment.meta({ description: 'Complete: every default and preset filled in.' }),
})
export type StudyCell = z.infer<typeof StudyCell>

export const StudyPlan = z.object({
  format: z.literal(STUDY_FORMAT),
  version: z.literal(STUDY_VERSION),
  name: PluginId.meta({ description: 'Also the tag of its runs and the name of its folder.' }),
  title: z.string(),
  protocol: z
    .array(z.string())
    .meta({ description: 'How it was measured, one sentence each; printed under the tables.' }),
  cells: z.array(StudyCell).min(1).max(MAX_STUDY_RUNS),
})
export type StudyPlan = z.infer<typeof StudyPlan>

/** A plan with the runs that there are for it, cell by cell; null where there is none yet. */
export const PlannedStudy = z.object({
  plan: StudyPlan,
  runs: z.array(RunListing.nullable()),
})
export type PlannedStudy = z.infer<typeof PlannedStudy>

export const StudyState = PlannedStudy.extend({ folder: z.string() })
export type StudyState = z.infer<typeof StudyState>

/** Of a cell. missing: there was no run of it yet. */
export const CellStatus = z.enum([...RunStatus.options, 'missing'])
export type CellStatus = z.infer<typeof CellStatus>

/** How many cells are in each state. */
export const StudyCounts = z.record(CellStatus, z.int().min(0))
export type StudyCounts = z.infer<typeof StudyCounts>

/** A line of the list of studies. */
export const StudySummary = StudyPlan.pick({ name: true, title: true }).extend({ counts: StudyCounts })
export type StudySummary = z.infer<typeof StudySummary>
