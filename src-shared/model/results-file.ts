import { z } from 'zod'
import { ReproducibilityCard } from './card.js'
import { MetricOrigin, MetricValues } from './metrics.js'
import { RunSummary, Stage } from './run-record.js'

export const RESULTS_FORMAT = 'unbackdoor.results'
export const RESULTS_VERSION = 1

const stage = z.int().min(0).meta({ description: 'Position in the list of stages.' })
const seconds = z.number().min(0).meta({ description: 'Since the run began.' })

/** One run with all that was measured in it: what `export --format json` writes. */
export const RunResults = z.object({
  card: ReproducibilityCard,
  stages: z.array(Stage),
  summary: RunSummary.nullable(),
  metrics: z.array(
    z.object({
      stage,
      epoch: z.int().min(0).nullable().meta({ description: 'null: the result of the whole stage.' }),
      origin: MetricOrigin,
      values: MetricValues,
      seconds,
    }),
  ),
  loss: z.array(
    z.object({
      stage,
      note: z.string().nullable().meta({ description: 'What the pass is about, where a stage walks several times.' }),
      epoch: z.number().min(0).meta({ description: 'With its fraction.' }),
      loss: z.number(),
      seconds,
    }),
  ),
})
export type RunResults = z.infer<typeof RunResults>

export const ResultsFile = z.object({
  format: z.literal(RESULTS_FORMAT),
  version: z.literal(RESULTS_VERSION),
  runs: z.array(RunResults),
})
export type ResultsFile = z.infer<typeof ResultsFile>
