import { beforeAll, describe, expect, it } from 'vitest'
import { createImageSet, imageAt } from '../../../src-main/lab/data/image-set.js'
import type { PlantedBackdoor } from '../../../src-main/lab/define.js'
import { curveExam, measureScores, prepareExam } from '../../../src-main/lab/evaluation/scores.js'
import type { Network } from '../../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf, type Tensor2D } from '../../../src-main/lab/tf.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

/** Images of two pixels: the first tells the class in steps of 100, the second is 0, or 255 with the trigger. */
const shape = { height: 1, width: 2, channels: 1 }
const TARGET = 2

const backdoor: PlantedBackdoor = {
  trigger: {
    shape,
    picture: { shape: { height: 1, width: 1, channels: 1 }, pixels: Uint8Array.of(255) },
    paint: (pixels) => {
      pixels[1] = 255
      return { top: 0, left: 1, height: 1, width: 1 }
    },
  },
  targetOf: () => TARGET,
  poisonedTrain: createImageSet(shape, new Uint8Array(0), new Uint8Array(0)),
  poisonedIndices: new Uint32Array(0),
  regions: [],
  coverIndices: new Uint32Array(0),
}

/** Answers the class that the first pixel says, except that with the trigger it answers as told. */
function network(withTrigger: (classNumber: Tensor2D) => Tensor2D): Network {
  return {
    inputShape: shape,
    classes: 3,
    parameters: [],
    normalizations: [],
    pixelNormalization: { mean: [0], deviation: [1] },
    features: [],
    classifierLayer: 'none',
    forward(_scope, x) {
      const told = tf.mul(tf.slice(x, [0, 0, 0, 0], [-1, 1, 1, 1]).reshape([-1, 1]), 2.55) as Tensor2D
      const triggered = tf.greater(tf.slice(x, [0, 0, 1, 0], [-1, 1, 1, 1]).reshape([-1, 1]), 0.5)
      const answer = tf.where(triggered, withTrigger(told), told).round().toInt().reshape([-1])
      return tf.oneHot(answer, 3).toFloat() as Tensor2D
    },
  }
}

const labels = Uint8Array.of(0, 0, 0, 1, 1, 2)
/** As the labels say, but one image of class 0 looks like class 2. */
const looks = [0, 0, 2, 1, 1, 2]
const clean = createImageSet(shape, Uint8Array.from(looks.flatMap((look) => [look * 100, 0])), labels)
const exam = prepareExam(clean, backdoor, createRandomStreams(1).stream('places'))

describe('the images of curves', () => {
  it('are the first of the exam, clean and triggered alike, and all where there are few', () => {
    expect(curveExam(exam)).toEqual(exam)
    const many = Uint8Array.from({ length: 1500 }, (_, index) => index % 3)
    const pixels = Uint8Array.from(Array.from(many).flatMap((label, index) => [label * 100, index % 250]))
    const whole = prepareExam(createImageSet(shape, pixels, many), backdoor, createRandomStreams(1).stream('places'))
    const part = curveExam(whole)
    expect(part.clean.labels).toEqual(many.slice(0, 1000))
    expect(part.triggered!.targets).toHaveLength(part.triggered!.set.count)
    expect(part.triggered!.set.count).toBe(many.slice(0, 1000).filter((label) => label !== TARGET).length)
    for (const [k, index] of part.triggered!.cleanIndices.entries()) {
      expect(part.triggered!.set.labels[k]).toBe(part.clean.labels[index])
      expect(imageAt(part.triggered!.set, k)).toEqual(imageAt(whole.triggered!.set, k))
    }
  })
})

describe('scores', () => {
  beforeAll(useJavascriptBackend)

  it('judge attack success on triggered images of other classes only', () => {
    expect(exam.triggered?.set.count).toBe(5)
    expect([...(exam.triggered?.targets ?? [])]).toEqual([2, 2, 2, 2, 2])
    expect(imageAt(exam.triggered!.set, 0)[1]).toBe(255)
    expect(imageAt(clean, 0)[1]).toBe(0)
  })

  it('of a fully backdoored network', async () => {
    const toTarget = network((told) => tf.fill(told.shape, TARGET) as Tensor2D)
    expect(await measureScores(toTarget, {}, exam)).toEqual({
      cleanAccuracy: 5 / 6,
      attackSuccessRate: 1,
      robustAccuracy: 0,
      baseRate: 1 / 5,
    })
  })

  it('of a network that does not see the trigger: attack success equals the base rate', async () => {
    const scores = await measureScores(
      network((told) => told),
      {},
      exam,
    )
    expect(scores).toEqual({ cleanAccuracy: 5 / 6, attackSuccessRate: 0.2, robustAccuracy: 0.8, baseRate: 0.2 })
  })

  it('are unknown where they need a trigger and there is none', async () => {
    const scores = await measureScores(
      network((told) => told),
      {},
      { clean, triggered: null },
    )
    expect(scores).toEqual({ cleanAccuracy: 5 / 6, attackSuccessRate: null, robustAccuracy: null, baseRate: null })
  })
})
