import { z } from 'zod'
import { JsonObject } from '../../src-shared/model/json.js'
import type { Catalogue, PluginManifest } from '../../src-shared/model/plugin-manifest.js'
import { attacks } from './attacks/index.js'
import { datasets } from './datasets/index.js'
import { defenses } from './defenses/index.js'
import type { PluginDefinition } from './define.js'
import { detectors } from './detect/index.js'
import { explainers } from './explain/index.js'
import { experimentPresets } from './experiments/index.js'
import { models } from './models/index.js'

/** Every plug-in of every kind, in the order in which people meet them. */
export const allPlugins: readonly PluginDefinition[] = [
  ...datasets.all,
  ...models.all,
  ...attacks.all,
  ...defenses.all,
  ...explainers.all,
  ...detectors.all,
]

/** What shells know of the laboratory, as data. */
export function describeCatalogue(): Catalogue {
  return { plugins: allPlugins.map(manifestOf), experiments: [...experimentPresets] }
}

export function manifestOf(definition: PluginDefinition): PluginManifest {
  const { id, kind, family, title, summary, paper, params, presets } = definition
  return {
    id,
    kind,
    family,
    title,
    summary,
    paper,
    paramsSchema: JsonObject.parse(z.toJSONSchema(params, { io: 'input' })),
    presets: presets.map((preset) => ({ ...preset, params: JsonObject.parse(preset.params) })),
    ...(definition.kind === 'explainer' ? { looksAt: definition.looksAt } : {}),
    ...(definition.kind === 'defense' && definition.needs !== undefined ? { needs: definition.needs } : {}),
    ...(definition.kind === 'detector'
      ? { detects: { of: definition.examination.of, scoreTitle: definition.scoreTitle } }
      : {}),
  }
}
