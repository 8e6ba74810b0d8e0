import type { PluginManifest } from './plugin-manifest.js'

/** In words, what a defense must have besides the model and a few clean images; null where that is all. */
export function needsInWords({ needs }: Pick<PluginManifest, 'needs'>): string | null {
  return needs === 'training-set'
    ? 'Needs the training set besides the clean images, as suspicious as it is: a model that comes without it cannot be repaired by it.'
    : null
}
