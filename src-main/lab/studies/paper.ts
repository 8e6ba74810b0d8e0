/**
 * The comparison of "Backdoor Defense with Machine Unlearning" (Liu et al., INFOCOM 2022, arXiv 2201.09538, section V):
 * three attacks on four datasets, and the method against fine-tuning, Fine-Pruning, NAD and MESA. The published protocol
 * is the scale `full`; the smaller ones keep its matrix and shares on fewer images and smaller networks.
 */
import type { DatasetInfo } from '../define.js'
import { quickBaeraser } from '../experiments/index.js'
import type { Choice, StudyDefinition, StudyProtocol } from './study.js'

const ATTACKS = ['badnets', 'trojannn', 'imc']
const DEFENSES = ['baeraser', 'fine-tuning', 'fine-pruning', 'nad', 'mesa']

const isGray = ({ shape }: DatasetInfo): boolean => shape.channels === 1
const plainly = (id: string): Choice => ({ id })

const commonWords = [
  'Each defense starts from the same victim and sees the same clean images, a quarter of the test split; it decides and stops by them alone.',
  'All figures are measured on the rest of the test split; attack success and robust accuracy on its images of classes other than the target.',
  'DER is (max(0, attack success removed) - max(0, clean accuracy lost) + 1) / 2; 50 is a defense that does nothing.',
]

/** For two hundred clean images of digits: batches small enough, and rates that a narrow network bears. */
const quickDefenses: Readonly<Record<string, Choice['params']>> = {
  baeraser: quickBaeraser,
  mesa: { recovery: quickBaeraser.recovery, selection: quickBaeraser.selection },
  'fine-tuning': { selection: quickBaeraser.selection },
  'fine-pruning': { selection: quickBaeraser.selection },
  nad: { selection: quickBaeraser.selection },
}

const tiny: StudyProtocol = {
  datasets: ['mnist-10k'],
  attacks: ATTACKS,
  defenses: DEFENSES,
  seeds: 1,
  words: [
    '4,000 digits, a narrow three-layer network and few epochs: shows that every part works, not what a defense can do.',
    ...commonWords,
  ],
  dataset: (id) => (id === 'mnist-10k' ? { id, params: { images: 4000 } } : subset(id, 3000, 1000)),
  model: (data) => (isGray(data) ? { id: 'small-cnn', params: { width: 8 } } : { id: 'resnet8', params: { width: 8 } }),
  attack: (id) => ({ id, params: { poisonRate: 0.1 } }),
  defense: (id) => withParams(id, quickDefenses),
  training: () => ({ epochs: 10, batchSize: 32 }),
}

/**
 * For a thousand colour images: varied as the published codes vary them, at rates and with a floor that fine-tuning of a
 * residual network needs to change anything.
 */
const colour = {
  learningRate: 0.05,
  augmentation: { cropPadding: 4, horizontalFlip: true },
}
const colourDefenses: Readonly<Record<string, Choice['params']>> = {
  'fine-tuning': { training: colour, selection: { accuracyFloor: 0.05 } },
  'fine-pruning': { pruning: { accuracyDrop: 0.1 }, fineTuning: colour, selection: { accuracyFloor: 0.05 } },
  nad: { training: colour, selection: { accuracyFloor: 0.05 } },
}

const small: StudyProtocol = {
  datasets: ['mnist', 'cifar-10'],
  attacks: ATTACKS,
  defenses: DEFENSES,
  seeds: 3,
  words: [
    'At most 10,000 training images of each dataset; a three-layer network for gray images, ResNet-8 for colour ones.',
    'On colour images fine-tuning, Fine-Pruning and NAD shift and flip theirs, at a learning rate of 0.05, and may cost five points of validation accuracy instead of two.',
    ...commonWords,
  ],
  dataset: (id) => (id === 'mnist-10k' ? plainly(id) : subset(id, 10_000, 4_000)),
  model: (data) => ({ id: isGray(data) ? 'small-cnn' : 'resnet8' }),
  attack: plainly,
  defense: (id, data) => withParams(id, isGray(data) ? {} : colourDefenses),
  training: (data) => (isGray(data) ? { epochs: 10 } : { epochs: 15, learningRate: 0.1, batchSize: 64 }),
}

const full: StudyProtocol = {
  datasets: ['mnist', 'fashion-mnist', 'cifar-10', 'cifar-100'],
  attacks: ATTACKS,
  defenses: DEFENSES,
  seeds: 3,
  words: [
    'All images of each dataset; ResNet-18 with the ImageNet stem, 50 epochs, learning rate 0.01, batches of 96, as in the published study.',
    ...commonWords,
  ],
  dataset: plainly,
  model: () => ({ id: 'resnet18', params: { stem: 'imagenet' } }),
  attack: plainly,
  defense: plainly,
  training: () => ({
    epochs: 50,
    batchSize: 96,
    learningRate: 0.01,
    weightDecay: 0.0003,
    augmentation: { kind: 'dataset', cropPadding: 0, horizontalFlip: false, cutout: 0, rotation: 0 },
  }),
}

function withParams(id: string, params: Readonly<Record<string, Choice['params']>>): Choice {
  return params[id] === undefined ? { id } : { id, params: params[id] }
}

function subset(id: string, trainImages: number, testImages: number): Choice {
  return { id, params: { trainImages, testImages } }
}

export const paperStudy: StudyDefinition = {
  id: 'paper',
  title: 'The BAERASER study',
  protocols: { tiny, small, full },
}
