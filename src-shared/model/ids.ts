import { z } from 'zod'

/** Stable name of a plug-in, written in its own file: lower-case words joined by hyphens. */
export const PluginId = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens, such as "badnets"')

/** Name of a run folder: second of creation, then a tail that sorts by what is left of the time and never collides. */
export const RunId = z
  .string()
  .regex(/^\d{8}-\d{6}-[a-z0-9]{6}$/, 'must look like 20260131-142500-k3x9ab')
  .brand<'RunId'>()
export type RunId = z.infer<typeof RunId>
