import { describe, expect, it } from 'vitest'
import { attacks } from '../../src-main/lab/attacks/index.js'
import { imageAt } from '../../src-main/lab/data/image-set.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { stripes, stripesInfo } from '../helpers/stripes.js'

const train = stripes(300, 1)

describe.each(attacks.all.map((attack) => [attack.id, attack] as const))('attack %s', (_id, attack) => {
  const params = attack.params.parse({}) as { poisonRate: number; targetClass: number }
  const plant = (seed: number) => {
    const setting = { train, data: stripesInfo, random: createRandomStreams(seed) }
    return attack.plant(params, attack.createTrigger(params, stripesInfo, setting.random), setting)
  }

  it('accepts its defaults on images that are large enough', () => {
    expect(attack.check(params, stripesInfo)).toEqual([])
  })

  it('gives the same backdoor for the same seed and another for another', () => {
    const [one, again, other] = [plant(1), plant(1), plant(2)]
    expect(again.poisonedIndices).toEqual(one.poisonedIndices)
    expect(again.poisonedTrain.pixels).toEqual(one.poisonedTrain.pixels)
    expect(again.trigger.picture).toEqual(one.trigger.picture)
    expect(other.poisonedIndices).not.toEqual(one.poisonedIndices)
  })

  it('leaves the clean images alone', () => {
    const [pixels, labels] = [train.pixels.slice(), train.labels.slice()]
    plant(1)
    expect(train.pixels).toEqual(pixels)
    expect(train.labels).toEqual(labels)
  })

  it('poisons the share it promises, all different, sorted', () => {
    const { poisonedIndices } = plant(1)
    expect(poisonedIndices.length).toBe(Math.round(params.poisonRate * train.count))
    expect([...poisonedIndices]).toEqual([...new Set(poisonedIndices)].toSorted((a, b) => a - b))
  })

  it('changes exactly the poisoned images, and gives them the target', () => {
    const { poisonedTrain, poisonedIndices, targetOf } = plant(1)
    const poisoned = new Set(poisonedIndices)
    for (let i = 0; i < train.count; i++) {
      if (poisoned.has(i)) expect(poisonedTrain.labels[i]).toBe(targetOf(train.labels[i]!))
      else expect(poisonedTrain.labels[i]).toBe(train.labels[i])
      const same = Buffer.compare(imageAt(poisonedTrain, i), imageAt(train, i)) === 0
      expect(same).toBe(!poisoned.has(i))
    }
  })

  it('paints the same trigger later as while poisoning', () => {
    const { trigger } = plant(1)
    const image = imageAt(train, 0).slice()
    const { top, left, height, width } = trigger.paint(image, createRandomStreams(9).stream('later'))
    expect(top + height).toBeLessThanOrEqual(stripesInfo.shape.height)
    expect(left + width).toBeLessThanOrEqual(stripesInfo.shape.width)
    expect(Buffer.compare(image, imageAt(train, 0))).not.toBe(0)
  })
})
