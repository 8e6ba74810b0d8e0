import { z } from 'zod'
import { Sha256 } from './sha256.js'

/** A file of a run, by its path inside the run folder (forward slashes, never outside it). */
export const ArtifactRef = z.object({
  path: z.string().regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/, 'must be a plain relative path'),
  title: z.string(),
  mediaType: z.string(),
  byteLength: z.int().min(0),
  sha256: Sha256.optional().meta({ description: 'Of its bytes; runs of earlier versions do not say.' }),
})
export type ArtifactRef = z.infer<typeof ArtifactRef>
