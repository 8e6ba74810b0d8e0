import type { JsonObject } from '../../../src-shared/model/json.js'
import type { ExperimentPreset } from '../../../src-shared/model/plugin-manifest.js'

const digits: JsonObject = {
  dataset: { id: 'mnist-10k' },
  model: { id: 'small-cnn' },
  attack: { id: 'badnets' },
  defenses: [{ id: 'baeraser' }],
}

/** For a hundred clean images: batches small enough for several steps an epoch. */
export const quickBaeraser = {
  recovery: { hidden: 64, epochs: 12, searchEpochs: 10, batchSize: 16, learningRate: 0.001 },
  unlearning: { epochs: 12 },
  // One of 25 validation images is 4 %.
  selection: { accuracyFloor: 0.1 },
}

/** Experiments that can be run by name. */
export const experimentPresets: readonly ExperimentPreset[] = [
  {
    id: 'default',
    title: 'BadNets on digits, removed by BAERASER',
    summary: 'Plants a 3 x 3 backdoor in a small CNN trained on 7,500 real MNIST digits, then finds and removes it.',
    experiment: { name: 'BadNets on digits, removed by BAERASER', ...digits },
  },
  {
    id: 'clean-model',
    title: 'No backdoor at all',
    summary: 'The same defense on a model that was never attacked: it should find nothing and change nothing.',
    experiment: { name: 'BAERASER on a clean model', ...digits, attack: null },
  },
  {
    id: 'baeraser-seed',
    title: 'BAERASER as published',
    summary: "The default attack against the authors' settings, without being told the target.",
    experiment: {
      name: 'BAERASER, published recipe',
      ...digits,
      defenses: [{ id: 'baeraser', preset: 'baeraser-seed' }],
    },
  },
  {
    id: 'oracle',
    title: "BAERASER with the attacker's knowledge",
    summary: 'Oracle: target given, stopped on the true trigger and the test images, as the published code does.',
    experiment: { name: "BAERASER, attacker's knowledge", ...digits, defenses: [{ id: 'baeraser', preset: 'oracle' }] },
  },
  {
    id: 'tiny',
    title: 'A first look in seconds',
    summary: 'Every stage on 2,000 digits and a narrow network: shows how a run goes, not what a defense can do.',
    experiment: {
      name: 'A first look in seconds',
      ...digits,
      dataset: { id: 'mnist-10k', params: { images: 2000 } },
      model: { id: 'small-cnn', params: { width: 8 } },
      attack: { id: 'badnets', params: { poisonRate: 0.1 } },
      training: { epochs: 10, batchSize: 32 },
      defenses: [
        {
          id: 'baeraser',
          params: quickBaeraser,
        },
      ],
    },
  },
]
