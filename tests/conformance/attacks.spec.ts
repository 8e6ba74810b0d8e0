import { beforeAll, describe, expect, it } from 'vitest'
import { attacks } from '../../src-main/lab/attacks/index.js'
import { disposeTensors } from '../../src-main/lab/compute/tensor-map.js'
import { imageAt } from '../../src-main/lab/data/image-set.js'
import type { SavedTrigger } from '../../src-main/lab/define.js'
import { smallCnn } from '../../src-main/lab/models/small-cnn.js'
import { initialWeights } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import type { RunContext } from '../../src-main/lab/run-context.js'
import { tf } from '../../src-main/lab/tf.js'
import { paintImages, type Trigger } from '../../src-main/lab/triggers/trigger.js'
import { quietContext } from '../helpers/memory-host.js'
import { stripes, stripesInfo } from '../helpers/stripes.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'

const train = stripes(300, 1)
/** Parameters with which an attack that optimises its trigger ends in seconds. A new one adds its own. */
const quick: Record<string, object> = {
  trojannn: { neurons: { steps: 5 } },
  imc: { neurons: { steps: 5 }, coOptimisation: { batchesPerPass: 3 } },
  'low-frequency': { trigger: { steps: 5 } },
  'label-consistent': { perturbation: { steps: 3 } },
  'input-aware': { generators: { width: 2, levels: 1 }, mask: { steps: 3, batchSize: 4 } },
}

interface Params {
  readonly labels: 'all2one' | 'all2all' | 'clean-label'
  readonly poisonRate: number
  readonly coverRate?: number
  readonly targetClass: number
}

describe.each(attacks.all.map((attack) => [attack.id, attack] as const))('attack %s', (_id, attack) => {
  beforeAll(useJavascriptBackend)
  const params = attack.params.parse({}) as Params
  const accepts = (given: object): boolean => {
    const parsed = attack.params.safeParse(given)
    return parsed.success && attack.check(parsed.data, stripesInfo).length === 0
  }
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

  it('gives every class the next one as label where asked to, or says that it cannot', () => {
    if (!accepts({ labels: 'all2all' })) return
    const eachItsOwn = attack.params.parse({ labels: 'all2all' })
    const setting = { train, data: stripesInfo, random: createRandomStreams(1) }
    const trigger = attack.createTrigger(eachItsOwn, stripesInfo, setting.random)
    const { poisonedTrain, poisonedIndices, targetOf } = attack.plant(eachItsOwn, trigger, setting)
    expect([0, 1, 2].map(targetOf)).toEqual([1, 2, 0])
    for (const i of poisonedIndices) expect(poisonedTrain.labels[i]).toBe((train.labels[i]! + 1) % 3)
    expect([attack.singleTarget(params), attack.singleTarget(eachItsOwn)]).toEqual([params.targetClass, null])
  })

  it('refuses a target class where each class has its own, and one that does not exist', () => {
    const problems = (given: object) => attack.check(attack.params.parse(given), stripesInfo)
    if (accepts({ labels: 'all2all' })) {
      expect(problems({ labels: 'all2all', targetClass: 2 })).toMatchObject([{ path: 'targetClass', value: '2' }])
    }
    expect(problems({ targetClass: 3 })).toMatchObject([{ path: 'targetClass', value: '3' }])
  })

  it('poisons the share it promises, all different, sorted', () => {
    const { poisonedIndices, coverIndices, regions } = plant(1)
    const isClean = params.labels === 'clean-label'
    const candidates = isClean ? train.labels.filter((label) => label === params.targetClass).length : train.count
    expect(poisonedIndices.length).toBe(Math.round(params.poisonRate * candidates))
    expect(coverIndices.length).toBe(Math.round((params.coverRate ?? 0) * train.count))
    const changed = [...poisonedIndices, ...coverIndices]
    expect(new Set(changed).size).toBe(changed.length)
    for (const indices of [poisonedIndices, coverIndices]) {
      expect([...indices]).toEqual([...indices.toSorted()])
    }
    expect(regions).toHaveLength(poisonedIndices.length)
  })

  it('poisons only images of the target class where labels stay right, or says that it cannot', () => {
    if (!accepts({ labels: 'clean-label' })) return
    const clean = attack.params.parse({ labels: 'clean-label', targetClass: 1, poisonRate: 0.5 })
    const setting = { train, data: stripesInfo, random: createRandomStreams(1) }
    const trigger = attack.createTrigger(clean, stripesInfo, setting.random)
    const { poisonedTrain, poisonedIndices, targetOf } = attack.plant(clean, trigger, setting)
    expect(poisonedIndices.length).toBeGreaterThan(0)
    expect([...poisonedIndices].every((index) => train.labels[index] === 1)).toBe(true)
    expect(poisonedTrain.labels).toEqual(train.labels)
    expect([0, 1, 2].map(targetOf)).toEqual([1, 1, 1])
    expect(attack.singleTarget(clean)).toBe(1)
  })

  it('changes exactly the poisoned images and covers, and gives the target to the poisoned ones alone', () => {
    const { poisonedTrain, poisonedIndices, coverIndices, targetOf } = plant(1)
    const poisoned = new Set(poisonedIndices)
    const changed = new Set([...poisonedIndices, ...coverIndices])
    for (let i = 0; i < train.count; i++) {
      if (poisoned.has(i)) expect(poisonedTrain.labels[i]).toBe(targetOf(train.labels[i]!))
      else expect(poisonedTrain.labels[i]).toBe(train.labels[i])
      const same = Buffer.compare(imageAt(poisonedTrain, i), imageAt(train, i)) === 0
      expect(same).toBe(!changed.has(i))
    }
  })

  it('paints the same trigger later as while poisoning', () => {
    const { trigger } = plant(1)
    const image = imageAt(train, 0).slice()
    const together = image.slice()
    const { top, left, height, width } = trigger.paint(image, createRandomStreams(9).stream('later'))
    paintImages(trigger, [together], createRandomStreams(9).stream('later'))
    expect(together).toEqual(image)
    expect(top + height).toBeLessThanOrEqual(stripesInfo.shape.height)
    expect(left + width).toBeLessThanOrEqual(stripesInfo.shape.width)
    expect(Buffer.compare(image, imageAt(train, 0))).not.toBe(0)
  })
})

const crafting = attacks.all.filter(({ craft }) => craft !== undefined)

describe.each(crafting.map((attack) => [attack.id, attack] as const))('the crafting of %s', (id, attack) => {
  beforeAll(useJavascriptBackend)
  const network = smallCnn.build({ width: 2 }, stripesInfo)
  const weightsOf = (seed: number) => initialWeights(network, createRandomStreams(seed).stream('weights'))
  const craft = (context: RunContext = quietContext()) => {
    const random = createRandomStreams(4)
    const setting = { train, data: stripesInfo, network, random, trainClean: async () => weightsOf(1) }
    return attack.craft!(attack.params.parse(quick[id]), setting, context)
  }
  const paint = (trigger: Trigger): number[] => {
    const image = imageAt(train, 0).slice()
    trigger.paint(image, createRandomStreams(9).stream('paint'))
    return [...image]
  }

  const paintPoisoned = (trigger: Trigger): number[] => {
    const random = createRandomStreams(4)
    const { poisonedTrain, poisonedIndices } = attack.plant(attack.params.parse(quick[id]), trigger, {
      train,
      data: stripesInfo,
      random,
    })
    return Array.from(poisonedIndices).flatMap((index) => [...imageAt(poisonedTrain, index)])
  }

  it('gives the same trigger for the same seed, not the one it started from, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors
    const [one, again] = [await craft(), await craft()]
    expect(tf.memory().numTensors).toBe(before)
    expect(again.trigger.picture).toEqual(one.trigger.picture)
    expect(again.trigger.tensors).toEqual(one.trigger.tensors)
    const start = attack.createTrigger(attack.params.parse(quick[id]), stripesInfo, createRandomStreams(4))
    expect(paintPoisoned(one.trigger)).not.toEqual(paintPoisoned(start))
    expect(one.trigger.picture.shape).toEqual(start.picture.shape)
  })

  it('paints the same again once it is restored from what was saved, and knows when that is not enough', async () => {
    const { trigger } = await craft()
    const saved = { picture: trigger.picture, tensors: trigger.tensors ?? null }
    const restore = (given: SavedTrigger): Trigger | null =>
      attack.restoreTrigger!(attack.params.parse(quick[id]), given, stripesInfo, createRandomStreams(4))
    const restored = restore(saved)!
    expect(paint(restored)).toEqual(paint(trigger))
    expect(paintPoisoned(restored)).toEqual(paintPoisoned(trigger))
    if (trigger.tensors !== undefined) expect(restore({ ...saved, tensors: null })).toBeNull()
  })

  it('renews it against the weights it is shown, which stay as they are', async () => {
    const { renew, trigger } = await craft()
    if (renew === undefined) return
    const weights = weightsOf(2)
    const values = Object.values(weights).map((tensor) => [...tensor.dataSync()])
    const before = tf.memory().numTensors
    const renewed = await renew(weights, 1, quietContext())
    expect(tf.memory().numTensors).toBe(before)
    expect(paint(renewed)).not.toEqual(paint(trigger))
    expect(Object.values(weights).map((tensor) => [...tensor.dataSync()])).toEqual(values)
    disposeTensors(weights)
  })

  it('stops when it is cancelled, leaving no tensor behind', async () => {
    const before = tf.memory().numTensors
    const controller = new AbortController()
    const context = quietContext({ signal: controller.signal, progress: () => controller.abort() })
    await expect(craft(context)).rejects.toMatchObject({ code: 'cancelled' })
    expect(tf.memory().numTensors).toBe(before)
  })
})
