import type { ImportedModel } from '../../../../src-shared/model/imported-model.js'
import { percent } from '../../ui/format.js'

export const sourceNames: Readonly<Record<ImportedModel['source']['kind'], string>> = {
  pytorch: 'PyTorch',
  safetensors: 'safetensors',
  backdoorbench: 'BackdoorBench',
  trojanzoo: 'TrojanZoo',
  nad: 'NAD',
}

/** The architecture with its parameters, as they were recognised. */
export function architectureWords({ model }: ImportedModel): string {
  return [model.id, ...Object.entries(model.params).map(([name, value]) => `${name} ${String(value)}`)].join(', ')
}

/** What the file says of its model; null where it says nothing. */
export function claimWords({ claims }: Pick<ImportedModel, 'claims'>): string | null {
  if (claims === null) return null
  const figures = [
    ['clean accuracy', claims.cleanAccuracy],
    ['attack success', claims.attackSuccessRate],
    ['robust accuracy', claims.robustAccuracy],
  ] as const
  const told = figures.flatMap(([name, value]) => (value === null ? [] : [`${name} ${percent(value)}`]))
  return told.length === 0 ? null : told.join(', ')
}

export function triggerWords({ attack }: ImportedModel): string {
  return attack === null ? 'not known' : `known, target class ${JSON.stringify(attack.params['targetClass'])}`
}
