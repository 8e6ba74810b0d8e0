// Files of PyTorch are read to the same logits as PyTorch has for the same images (make-model-files.py).
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { forChannels, knownNormalization } from '../../src-shared/model/pixel-normalization.js'
import { importLimits } from '../../src-main/engine/import/limits.js'
import { recognise } from '../../src-main/engine/import/model/recognise.js'
import { findWeights, tidyWeights } from '../../src-main/engine/import/model/state-dict.js'
import { readTorchFile } from '../../src-main/engine/import/model/torch-file.js'
import { predictLogits } from '../../src-main/lab/evaluation/predict.js'
import { models } from '../../src-main/lab/models/index.js'
import { tf } from '../../src-main/lab/tf.js'
import { modelFile } from '../helpers/model-files.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'
import { pixels } from './fill.js'

interface Published {
  readonly shape: readonly [count: number, height: number, width: number, channels: 1 | 3]
  readonly normalization: 'none' | 'backdoorbench'
  readonly logits: readonly (readonly number[])[]
}

const file = new URL('values/model-files.json', import.meta.url)
const published = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Published>>

const expected: Readonly<Record<string, { id: string; params: object }>> = {
  'resnet18.pth': { id: 'resnet18', params: { stem: 'small-images', width: 4 } },
  'anp-last-model.th': { id: 'resnet18', params: { stem: 'small-images', width: 4 } },
  'trojanzoo.pth': { id: 'resnet18', params: { stem: 'imagenet', width: 4 } },
  'attack_result.pt': { id: 'preact-resnet18', params: { width: 4 } },
  'defense_result.pt': { id: 'preact-resnet18', params: { width: 4 } },
  'nad.tar': { id: 'wrn-16-1', params: {} },
  'i-bau-ckpt.pth': { id: 'vgg16-bn', params: { width: 4 } },
  'mobilenet.pt': { id: 'mobilenet-v2', params: { width: 4 } },
}

beforeAll(useJavascriptBackend)

describe.each(Object.entries(published))('%s', (name, { shape, normalization, logits }) => {
  const [, height, width, channels] = shape
  const torch = readTorchFile(modelFile(name), name, importLimits)
  const found = findWeights(torch.value, name, torch.open)
  const recognised = recognise(tidyWeights(found.tensors, name), name, null)

  test('is recognised', () => {
    expect(recognised).toMatchObject({ model: expected[name], classes: 10, channels })
  })

  test('answers as in PyTorch', () => {
    const known = knownNormalization(normalization === 'none' ? 'none' : 'cifar-10')!
    const network = models.get(recognised.model.id, 'id').build(recognised.model.params, {
      shape: { height, width, channels },
      classNames: Array.from({ length: 10 }, String),
      pixelNormalization: forChannels(known, channels)!,
    })
    const weights = recognised.weights()
    const answers = tf.tidy(() => {
      const tensors = Object.entries(weights).map(([key, { shape: size, values }]) => [
        key,
        tf.tensor(values, [...size]),
      ])
      return predictLogits(
        network,
        Object.fromEntries(tensors),
        pixels(`${name}/images`, shape),
      ).arraySync() as number[][]
    })
    for (const [i, row] of logits.entries()) {
      for (const [k, logit] of row.entries()) expect(Math.abs(answers[i]![k]! - logit)).toBeLessThan(1e-4)
    }
  })
})
