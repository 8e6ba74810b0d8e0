import { z } from 'zod'
import { PluginId } from './ids.js'
import { JsonObject } from './json.js'

export const PluginKind = z.enum(['dataset', 'model', 'attack', 'defense', 'explainer', 'detector'])
export type PluginKind = z.infer<typeof PluginKind>

export const Paper = z.object({
  title: z.string(),
  authors: z.string(),
  year: z.int(),
  url: z.url(),
})
export type Paper = z.infer<typeof Paper>

/** What a method's preset sets, and in one line how it differs from the defaults. */
export const PresetManifest = z.object({
  id: PluginId,
  title: z.string(),
  differs: z.string(),
  oracle: z.boolean().meta({ description: 'Whether it uses what only the attacker or the evaluation knows.' }),
  params: JsonObject,
})
export type PresetManifest = z.infer<typeof PresetManifest>

/** What the shells need to know of a plug-in: forms, command-line help and documentation follow from it. */
export const PluginManifest = z.object({
  id: PluginId,
  kind: PluginKind,
  family: z.string(),
  title: z.string(),
  summary: z.string(),
  paper: Paper.nullable(),
  paramsSchema: JsonObject.meta({ description: 'JSON Schema of the parameters.' }),
  presets: z.array(PresetManifest),
  needs: z.enum(['training-set']).optional().meta({
    description: 'Of a defense: what it must have besides the model and a few clean images.',
  }),
  looksAt: z.enum(['layer', 'input']).optional().meta({ description: 'Of an explainer: whether a layer is chosen.' }),
  detects: z
    .object({ of: z.enum(['inputs', 'training-set', 'model']), scoreTitle: z.string() })
    .optional()
    .meta({ description: 'Of a detector: what it examines, and what its scores are.' }),
})
export type PluginManifest = z.infer<typeof PluginManifest>

/** A whole experiment under a name, ready to run. */
export const ExperimentPreset = z.object({
  id: PluginId,
  title: z.string(),
  summary: z.string(),
  experiment: JsonObject,
})
export type ExperimentPreset = z.infer<typeof ExperimentPreset>

export const Catalogue = z.object({
  plugins: z.array(PluginManifest),
  experiments: z.array(ExperimentPreset),
})
export type Catalogue = z.infer<typeof Catalogue>
