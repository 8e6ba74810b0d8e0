import { z } from 'zod'
import { RunListing } from '../model/run-record.js'
import { sortKeys } from './run-row.js'

/** Which runs to list, and in which order. Without anything all of them, newest first. */
export const RunListRequest = z.object({
  filter: z.string().max(2000).nullable().default(null).meta({
    description:
      'As it is written above the table of runs: words and tag:..., attack:... null asks nothing; any other leaves archived runs out unless it speaks of them.',
  }),
  sort: z
    .object({ key: z.enum(sortKeys), isDescending: z.boolean() })
    .nullable()
    .default(null)
    .meta({ description: 'What is not known comes last either way; among equals the newest is first.' }),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).nullable().default(null),
})
export type RunListRequest = z.infer<typeof RunListRequest>

export const RunList = z.object({
  runs: z.array(RunListing),
  total: z.int().min(0).meta({ description: 'How many answer the filter, of which `runs` may be a part.' }),
  unreadable: z.array(z.string()).meta({ description: 'Names of folders that are no runs, or are damaged.' }),
  newer: z
    .array(z.string())
    .meta({ description: 'Runs in a form of a newer version of the program; left as they are.' }),
})
export type RunList = z.infer<typeof RunList>

/** The whole list. */
export const allRuns: RunListRequest = RunListRequest.parse({})
