import type { ChoiceSpec, GroupSpec, NumberSpec, SwitchSpec, TextSpec } from '../../src/schema/field-spec.js'

export const rate: NumberSpec = {
  kind: 'number',
  key: 'poisonRate',
  title: 'Poison rate',
  description: 'Share of the training images that get the trigger.',
  usedWhen: null,
  minimum: null,
  maximum: 1,
  above: 0,
  below: null,
  isInteger: false,
  isNullable: false,
  unit: null,
  fallback: 0.05,
}
export const size: NumberSpec = {
  ...rate,
  key: 'size',
  title: 'Size',
  description: null,
  minimum: 1,
  maximum: 64,
  above: null,
  isInteger: true,
  unit: 'pixels',
  fallback: 3,
}
export const bound: NumberSpec = {
  ...rate,
  key: 'bound',
  title: 'Bound',
  maximum: 100,
  isNullable: true,
  fallback: null,
}
export const place: ChoiceSpec = {
  kind: 'choice',
  key: 'position',
  title: 'Position',
  description: 'Where the trigger is put.',
  usedWhen: null,
  options: ['random', 'top-left', 'bottom-right', 'center'],
  fallback: 'random',
}
export const toggle: SwitchSpec = {
  kind: 'switch',
  key: 'noise',
  title: 'Noise',
  description: null,
  usedWhen: null,
  fallback: false,
}
export const words: TextSpec = {
  kind: 'text',
  key: 'layers',
  title: 'Layers',
  description: 'A list, as JSON.',
  usedWhen: null,
  isJson: true,
  fallback: [16, 32],
}
export const group: GroupSpec = {
  kind: 'group',
  key: 'trigger',
  title: 'Trigger',
  description: 'What is painted.',
  usedWhen: null,
  fields: [size, place, toggle],
}
