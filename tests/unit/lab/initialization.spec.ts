import { describe, expect, it } from 'vitest'
import type { Initializer } from '../../../src-main/lab/nn/initialization.js'
import { models } from '../../../src-main/lab/models/index.js'
import { colours } from '../../helpers/colours.js'

function initializerOf(id: string, weight: string): Initializer | undefined {
  const model = models.get(id, 'id')
  return model.build(model.params.parse({}), colours).parameters.find(({ name }) => name === weight)?.initializer
}

const normal = (variance: number): Initializer => ({ kind: 'normal', deviation: Math.sqrt(variance) })
const uniform = (inputs: number): Initializer => ({ kind: 'uniform', bound: 1 / Math.sqrt(inputs) })
const zero: Initializer = { kind: 'constant', value: 0 }

describe('initial weights', () => {
  it.each<[string, string, Initializer]>([
    // PyTorch's defaults.
    ['preact-resnet18', 'layer2.0.conv1.weight', uniform(9 * 64)],
    ['preact-resnet18', 'linear.bias', uniform(512)],
    ['mobilenet-v2', 'layers.3.conv2.weight', uniform(9)],
    // Kaiming, fan-out.
    ['resnet18', 'layer2.0.conv1.weight', normal(2 / (9 * 128))],
    ['resnet18', 'fc.weight', uniform(512)],
    ['wrn-16-1', 'block2.layer.0.convShortcut.weight', normal(2 / 32)],
    ['wrn-16-1', 'fc.weight', uniform(64)],
    ['wrn-16-1', 'fc.bias', zero],
    ['vgg16-bn', 'features.7.weight', normal(2 / (9 * 128))],
    ['vgg16-bn', 'features.7.bias', zero],
    ['vgg16-bn', 'classifier.weight', normal(0.0001)],
    // Kaiming, fan-in.
    ['resnet8', 'layer2.0.conv1.weight', normal(2 / (9 * 16))],
    ['resnet8', 'linear.weight', normal(2 / 64)],
    ['resnet8', 'linear.bias', uniform(64)],
  ])('of %s %s start as in the original', (id, weight, expected) => {
    expect(initializerOf(id, weight)).toEqual(expected)
  })
})
