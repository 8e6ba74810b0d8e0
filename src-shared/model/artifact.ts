import { z } from 'zod'

/** A file of a run, by its path inside the run folder (forward slashes, never outside it). */
export const ArtifactRef = z.object({
  path: z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/, 'must be a plain relative path'),
  title: z.string(),
  mediaType: z.string(),
  byteLength: z.int().min(0),
})
export type ArtifactRef = z.infer<typeof ArtifactRef>
