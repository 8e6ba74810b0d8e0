import { z } from 'zod'
import { EngineInfo } from './engine-info.js'
import { Experiment } from './experiment.js'
import { PluginId, RunId } from './ids.js'
import { Scores } from './metrics.js'
import { DefenseOutcome, RunStatus, Versions } from './run-record.js'
import { Sha256 } from './sha256.js'

export const CARD_FORMAT = 'unbackdoor.card'
export const CARD_VERSION = 1

export const CardEngine = EngineInfo.pick({
  backend: true,
  variant: true,
  tensorflowVersion: true,
  devices: true,
  threads: true,
})
export type CardEngine = z.infer<typeof CardEngine>

export const CardDefense = z.object({
  id: PluginId,
  outcome: DefenseOutcome,
  target: z.int().nullable().meta({ description: 'The class that it found to be the target.' }),
  after: Scores,
})
export type CardDefense = z.infer<typeof CardDefense>

/**
 * All that is needed to repeat a run, and what it came to, so that a repetition can be compared with it. It names no place
 * of the machine.
 */
export const ReproducibilityCard = z.object({
  format: z.literal(CARD_FORMAT),
  version: z.literal(CARD_VERSION),
  runId: RunId,
  status: RunStatus,
  experiment: Experiment.meta({ description: 'Complete, with the seed that every random draw comes from.' }),
  versions: Versions,
  engine: CardEngine.nullable().meta({ description: 'On one thread the same work gives the same bits.' }),
  images: z.string().nullable().meta({
    description: 'Number and fingerprint of the training and of the test images; null in runs of earlier versions.',
  }),
  results: z
    .object({ before: Scores, defenses: z.array(CardDefense) })
    .nullable()
    .meta({ description: 'null: the run did not come to its end.' }),
  metrics: Sha256.meta({ description: 'Of metrics.csv.' }),
  weights: z.array(z.object({ path: z.string(), sha256: Sha256 })),
})
export type ReproducibilityCard = z.infer<typeof ReproducibilityCard>
