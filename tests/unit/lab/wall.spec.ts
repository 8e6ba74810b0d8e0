import { beforeAll, describe, expect, it } from 'vitest'
import { selectImages } from '../../../src-main/lab/data/image-set.js'
import { createWall } from '../../../src-main/lab/evaluation/wall.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import { disposeTensors } from '../../../src-main/lab/compute/tensor-map.js'
import { initialWeights } from '../../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf } from '../../../src-main/lab/tf.js'
import { keepFiles, quietContext } from '../../helpers/memory-host.js'
import { stripes, stripesInfo } from '../../helpers/stripes.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

const network = smallCnn.build({ width: 2 }, stripesInfo)
const set = stripes(300, 4)
const exam = { set, cleanIndices: new Uint32Array(300), targets: new Uint8Array(300).fill(2) }
const moment = (epoch: number, step: number, epochs = 10, stepsPerEpoch = 50) => ({
  epoch,
  step,
  epochs,
  stepsPerEpoch,
})

describe('the wall', () => {
  beforeAll(useJavascriptBackend)

  it('shows as many images of each class, sorted by class', () => {
    const { layout } = createWall(network, exam)
    expect(layout.trueClasses).toEqual([0, 1, 2].flatMap((label) => Array.from({ length: 32 }, () => label)))
    expect(layout.targetClasses).toEqual(Array.from({ length: 96 }, () => 2))
  })

  it('takes what there is when there are few', () => {
    const few = { set: selectImages(set, [0, 1, 3, 6]), cleanIndices: new Uint32Array(4), targets: new Uint8Array(4) }
    expect(createWall(network, few).layout.trueClasses).toEqual([0, 0, 0, 1])
  })

  it('hangs its images as one sheet of twelve columns', async () => {
    const files = keepFiles()
    await createWall(network, exam).hang(quietContext({ files }))
    const sheet = files.images.get('wall.png')
    expect(sheet?.shape).toEqual({ height: 8 * 9, width: 12 * 9, channels: 1 })
    // The first image's first row stands at the top left.
    expect([...sheet!.pixels.subarray(0, 9)]).toEqual([...set.pixels.subarray(0, 9)])
  })

  it('keeps the start, every end of an epoch and about 120 frames in all', async () => {
    const wall = createWall(network, exam)
    const weights = initialWeights(network, createRandomStreams(1).stream('weights'))
    const before = tf.memory().numTensors
    let frames = 0
    for (let epoch = 1; epoch <= 10; epoch++) {
      for (let step = 1; step <= 50; step++) {
        const frame = await wall.look(() => weights, moment(epoch, step))
        if (frame !== null) frames += 1
        if (step === 50) expect(frame).not.toBeNull()
      }
    }
    expect(await wall.look(() => weights, moment(0, 0))).toMatchObject({ epoch: 0, step: 0 })
    expect(frames).toBeGreaterThanOrEqual(110)
    expect(frames).toBeLessThanOrEqual(140)
    expect(tf.memory().numTensors).toBe(before)
    disposeTensors(weights)
  })

  it('tells the answer and its probability for each image', async () => {
    const weights = initialWeights(network, createRandomStreams(1).stream('weights'))
    const frame = await createWall(network, exam).look(() => weights, moment(0, 0))
    expect(frame?.predicted).toHaveLength(96)
    expect(frame?.predicted.every((answer) => answer >= 0 && answer < 3)).toBe(true)
    expect(frame?.confidence.every((share) => share >= 1 / 3 && share <= 1)).toBe(true)
    disposeTensors(weights)
  })
})
