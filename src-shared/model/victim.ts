import { z } from 'zod'
import { PixelNormalization } from './pixel-normalization.js'
import { Sha256 } from './sha256.js'

/** What an imported model is called, and its folder too. */
export const ModelName = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9]+([._-][a-z0-9]+)*$/,
    'must be lower-case letters and digits, joined by dots, hyphens or underscores',
  )
export type ModelName = z.infer<typeof ModelName>

const rate = z.number().min(0).max(1)

/** What a file says of the model in it. It is shown beside what is measured and believed nowhere. */
export const ModelClaims = z.strictObject({
  cleanAccuracy: rate.nullable(),
  attackSuccessRate: rate.nullable(),
  robustAccuracy: rate.nullable(),
  from: z.string().max(200).meta({ description: 'The file or entry that says so.' }),
})
export type ModelClaims = z.infer<typeof ModelClaims>

/**
 * A victim that was trained elsewhere. Only its name has to be said; the rest is filled in from the imported model, so that
 * the experiment says which weights it was and how they read pixels.
 */
export const ImportedVictim = z.strictObject({
  model: ModelName.meta({ title: 'Imported model' }),
  sha256: Sha256.optional().meta({ title: 'SHA-256 of its weights' }),
  classes: z.int().min(2).optional(),
  pixelNormalization: PixelNormalization.optional(),
  claims: ModelClaims.nullable().optional(),
})
export type ImportedVictim = z.infer<typeof ImportedVictim>

/** With all that is filled in. */
export type CompleteVictim = { readonly [K in keyof ImportedVictim]-?: Exclude<ImportedVictim[K], undefined> }

export function isCompleteVictim(victim: ImportedVictim): victim is CompleteVictim {
  return Object.keys(ImportedVictim.shape).every((key) => victim[key as keyof ImportedVictim] !== undefined)
}
