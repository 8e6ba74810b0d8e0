import { describe, expect, it } from 'vitest'
import { badnets } from '../../../src-main/lab/attacks/badnets.js'
import { createImageSet } from '../../../src-main/lab/data/image-set.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { colours } from '../../helpers/colours.js'

describe('a set of images that was read as a Buffer', () => {
  it('is not changed by what is planted on a copy of it', () => {
    const { height, width, channels } = colours.shape
    const count = 20
    const pixels = Buffer.alloc(count * height * width * channels, 100)
    const labels = Buffer.from(Array.from({ length: count }, (_, i) => i % colours.classNames.length))
    const train = createImageSet(colours.shape, pixels, labels)
    const params = badnets.params.parse({ poisonRate: 0.5, targetClass: 1 })
    const random = createRandomStreams(1)
    const trigger = badnets.createTrigger(params, colours, random)
    const planted = badnets.plant(params, trigger, { train, data: colours, random })
    expect(planted.poisonedIndices).toHaveLength(10)
    expect(new Set(pixels)).toEqual(new Set([100]))
    expect([...labels]).toEqual(Array.from({ length: count }, (_, i) => i % colours.classNames.length))
    expect(planted.poisonedTrain.pixels).not.toEqual(train.pixels)
  })
})
