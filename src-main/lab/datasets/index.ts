import { cifar10, cifar100, fashionMnist, mnist } from '../../../src-shared/model/official-datasets.js'
import type { DatasetDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { imageFolder } from './image-folder.js'
import { mnist10k } from './mnist-10k.js'
import { defineOfficial } from './official.js'

const tinyImages = {
  title: 'Learning Multiple Layers of Features from Tiny Images',
  authors: 'Krizhevsky',
  year: 2009,
  url: 'https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf',
}
/** The customary augmentation of small photographs. */
const cropAndFlip = { cropPadding: 4, horizontalFlip: true }

export const datasets = createRegistry<DatasetDefinition>('dataset', [
  mnist10k,
  defineOfficial({
    facts: mnist,
    family: 'digits',
    summary: 'All handwritten digits: 60,000 to train and 10,000 to test, 28 x 28, gray, 10 classes.',
    paper: mnist10k.paper!,
    augmentation: { cropPadding: 2 },
  }),
  defineOfficial({
    facts: fashionMnist,
    family: 'clothes',
    summary: 'Pictures of clothes and shoes: 60,000 to train and 10,000 to test, 28 x 28, gray, 10 classes.',
    paper: {
      title: 'Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms',
      authors: 'Xiao, Rasul, Vollgraf',
      year: 2017,
      url: 'https://arxiv.org/abs/1708.07747',
    },
    augmentation: { cropPadding: 2, horizontalFlip: true },
  }),
  defineOfficial({
    facts: cifar10,
    family: 'photographs',
    summary:
      'Small photographs of animals and vehicles: 50,000 to train and 10,000 to test, 32 x 32, colour, 10 classes.',
    paper: tinyImages,
    augmentation: cropAndFlip,
  }),
  defineOfficial({
    facts: cifar100,
    family: 'photographs',
    summary: 'Small photographs of things: 50,000 to train and 10,000 to test, 32 x 32, colour, 100 classes.',
    paper: tinyImages,
    augmentation: cropAndFlip,
  }),
  imageFolder,
])
