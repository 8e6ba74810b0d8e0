import { describe, expect, it } from 'vitest'
import { AppError, type FieldError } from '../../../src-shared/contract/errors.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { experimentPresets } from '../../../src-main/lab/experiments/index.js'

const base = {
  dataset: { id: 'mnist-10k' },
  model: { id: 'small-cnn' },
  attack: { id: 'badnets' },
  defenses: [{ id: 'baeraser' }],
}

function refusal(experiment: unknown): readonly FieldError[] {
  try {
    planExperiment(experiment)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid-input') return error.fields ?? []
    throw error
  }
  return []
}

const wrong: { title: string; change: object; path: string; value: string; says: string }[] = [
  {
    title: 'a poison rate of 1.4',
    change: { attack: { id: 'badnets', params: { poisonRate: 1.4 } } },
    path: 'attack.params.poisonRate',
    value: '1.4',
    says: 'at most 1',
  },
  {
    title: 'a poison rate of 0',
    change: { attack: { id: 'badnets', params: { poisonRate: 0 } } },
    path: 'attack.params.poisonRate',
    value: '0',
    says: 'above 0',
  },
  {
    title: 'a target class that does not exist',
    change: { attack: { id: 'badnets', params: { targetClass: 10 } } },
    path: 'attack.params.targetClass',
    value: '10',
    says: '0 to 9',
  },
  {
    title: 'a trigger larger than the image',
    change: { attack: { id: 'badnets', params: { trigger: { size: 29 } } } },
    path: 'attack.params.trigger.size',
    value: '29',
    says: 'at most 28',
  },
  {
    title: 'a recovered patch larger than the image',
    change: { defenses: [{ id: 'baeraser', params: { recovery: { patchSize: 40 } } }] },
    path: 'defenses.0.params.recovery.patchSize',
    value: '40',
    says: 'at most 28',
  },
  {
    title: 'an unknown attack',
    change: { attack: { id: 'badnet' } },
    path: 'attack.id',
    value: '"badnet"',
    says: 'known: badnets',
  },
  {
    title: 'an unknown preset of a method',
    change: { defenses: [{ id: 'baeraser', preset: 'best' }] },
    path: 'defenses.0.preset',
    value: '"best"',
    says: 'baeraser-seed, oracle',
  },
  {
    title: 'a field that does not exist',
    change: { epochs: 3 },
    path: 'epochs',
    value: '3',
    says: 'not a known field',
  },
  {
    title: 'a nested field that does not exist',
    change: { attack: { id: 'badnets', params: { trigger: { shade: 'red' } } } },
    path: 'attack.params.trigger.shade',
    value: '"red"',
    says: 'not a known field',
  },
  {
    title: 'a fractional number of epochs',
    change: { training: { epochs: 1.5 } },
    path: 'training.epochs',
    value: '1.5',
    says: 'whole number',
  },
  { title: 'a negative seed', change: { seed: -1 }, path: 'seed', value: '-1', says: 'at least 0' },
  { title: 'an experiment of another version', change: { version: 2 }, path: 'version', value: '2', says: 'must be 1' },
  {
    title: 'an oracle defense without an attack',
    change: { attack: null, defenses: [{ id: 'baeraser', preset: 'oracle' }] },
    path: 'defenses.0',
    value: 'oracle',
    says: 'needs an attack',
  },
]

describe('planning an experiment', () => {
  it.each(wrong)('refuses $title, naming field, value and what is allowed', ({ change, path, value, says }) => {
    const errors = refusal({ ...base, ...change })
    expect(errors.map((error) => error.path)).toContain(path)
    const found = errors.find((error) => error.path === path)
    expect(found?.value).toBe(value)
    expect(found?.message).toContain(says)
  })

  it('names every wrong field at once', () => {
    const errors = refusal({ ...base, seed: -1, training: { epochs: 0, momentum: 1 } })
    expect(errors.map(({ path }) => path).toSorted()).toEqual(['seed', 'training.epochs', 'training.momentum'])
  })

  it('names what is wrong in every method at once, whatever is wrong elsewhere', () => {
    const errors = refusal({
      ...base,
      seed: -1,
      dataset: { id: 'mnist-10k', params: { images: 3 } },
      model: { id: 'resnet' },
      attack: { id: 'badnets', preset: 'none', params: {} },
      training: { epochs: 0 },
      defenses: [
        { id: 'baeraser', params: { recovery: { alpha: -1 }, unlearning: { epochs: 0 } } },
        { id: 'baeraser', speed: 3 },
        { id: 'unknown' },
      ],
    })
    expect(errors.map(({ path }) => path).toSorted()).toEqual([
      'attack.preset',
      'dataset.params.images',
      'defenses.0.params.recovery.alpha',
      'defenses.0.params.unlearning.epochs',
      'defenses.1.speed',
      'defenses.2.id',
      'model.id',
      'seed',
      'training.epochs',
    ])
  })

  it('checks each method against the dataset though another one is wrong', () => {
    const errors = refusal({
      ...base,
      attack: { id: 'badnets', params: { targetClass: 12, trigger: { size: 30 } } },
      training: { momentum: 2 },
      defenses: [{ id: 'baeraser', params: { recovery: { patchSize: 40 } } }],
    })
    expect(errors.map(({ path }) => path).toSorted()).toEqual([
      'attack.params.targetClass',
      'attack.params.trigger.size',
      'defenses.0.params.recovery.patchSize',
      'training.momentum',
    ])
  })

  it('names each problem once, also for what is no experiment at all', () => {
    for (const nothing of [null, 3, [], {}, { dataset: 3, defenses: 'none' }]) {
      const paths = refusal(nothing).map(({ path }) => path)
      expect(paths.length).toBeGreaterThan(0)
      expect(new Set(paths).size).toBe(paths.length)
    }
    const oracle = [{ id: 'baeraser', preset: 'oracle' }]
    expect(refusal({ ...base, attack: 3, defenses: oracle }).map(({ path }) => path)).toEqual(['attack'])
  })

  it('completes an experiment so that planning it again changes nothing', () => {
    const { experiment } = planExperiment(base)
    expect(experiment.attack?.params).toMatchObject({ poisonRate: 0.05, targetClass: 0, trigger: { size: 3 } })
    expect(planExperiment(structuredClone(experiment)).experiment).toEqual(experiment)
    expect(JSON.parse(JSON.stringify(experiment))).toEqual(experiment)
  })

  it('lets own parameters win over the preset, and the preset over the defaults', () => {
    const defense = { id: 'baeraser', preset: 'baeraser-seed', params: { unlearning: { epochs: 3 } } }
    const { experiment } = planExperiment({ ...base, defenses: [defense] })
    expect(experiment.defenses[0]?.params).toMatchObject({
      recovery: { hidden: 2048 },
      unlearning: { epochs: 3, cleanWeight: 100, ascentBound: null },
    })
  })

  it('marks a defense that is told the answer as oracle, and no other', () => {
    const { defenses } = planExperiment({
      ...base,
      defenses: [{ id: 'baeraser' }, { id: 'baeraser', preset: 'oracle' }],
    })
    expect(defenses.map(({ knowledge }) => knowledge)).toEqual(['defender', 'oracle'])
  })

  it.each(experimentPresets)('accepts the preset $id', ({ experiment }) => {
    expect(planExperiment(experiment).stages.at(-1)?.kind).toBe('evaluate')
  })

  it('leaves out the poisoning of a clean model', () => {
    const kinds = planExperiment({ ...base, attack: null }).stages.map(({ kind }) => kind)
    expect(kinds).toEqual(['load', 'train', 'evaluate', 'recover', 'unlearn', 'evaluate'])
  })

  it('leaves training images as they are unless asked, in experiments written before augmentation existed too', () => {
    expect(planExperiment(base).experiment.training.augmentation).toEqual(plainAugmentation)
  })

  it('writes down what is customary for the dataset, and refuses a custom field that would not be used', () => {
    const training = { augmentation: { kind: 'dataset' } }
    const { experiment } = planExperiment({ ...base, dataset: { id: 'cifar-10' }, training })
    expect(experiment.training.augmentation).toEqual({
      ...plainAugmentation,
      kind: 'custom',
      cropPadding: 4,
      horizontalFlip: true,
    })
    expect(refusal({ ...base, training: { augmentation: { cutout: 4 } } })).toEqual([
      {
        path: 'training.augmentation.cutout',
        value: '4',
        message: 'is only used where training.augmentation.kind is "custom"',
      },
    ])
  })
})

const plainAugmentation = { kind: 'none', cropPadding: 0, horizontalFlip: false, cutout: 0, rotation: 0 }
