// Every weight has the name and the shape of PyTorch's, in PyTorch's order, so that files map one to one (make-models.py).
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { models } from '../../src-main/lab/models/index.js'
import { colours } from '../helpers/colours.js'

interface Published {
  readonly trainable: number
  readonly weights: Readonly<Record<string, readonly number[]>>
}

const file = new URL('values/weight-names.json', import.meta.url)
const published = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Published>>

describe.each(Object.entries(published))('%s', (id, { trainable, weights }) => {
  const model = models.get(id, 'id')
  const { parameters } = model.build(model.params.parse({}), colours)

  test('has the weights of the original', () => {
    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual(Object.entries(weights))
  })

  test('has as many trainable values as the original', () => {
    const sizes = parameters.filter((spec) => spec.trainable).map(({ shape }) => shape.reduce((a, b) => a * b, 1))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(trainable)
  })
})

test('resnet18 with the ImageNet stem differs in the first convolution alone', () => {
  const model = models.get('resnet18', 'id')
  const { parameters } = model.build(model.params.parse({ stem: 'imagenet' }), colours)
  const expected = { ...published['resnet18']!.weights, 'conv1.weight': [7, 7, 3, 64] }
  expect(parameters.map(({ name, shape }) => [name, shape])).toEqual(Object.entries(expected))
})
