import { beforeAll, describe, expect, it } from 'vitest'
import { heatInside, pointsInside } from '../../../src-main/lab/inspect/heat-metrics.js'
import { principalComponents, project } from '../../../src-main/lab/inspect/principal-components.js'
import { distanceToTrigger } from '../../../src-main/lab/inspect/recovered-distance.js'
import { cosineTransform } from '../../../src-main/lab/inspect/spectra.js'
import { evenlySpread } from '../../../src-main/lab/inspect/spread.js'
import { changeOf } from '../../../src-main/lab/inspect/weight-change.js'
import { createRng } from '../../../src-main/lab/random/rng.js'
import { tf, type Tensor4D } from '../../../src-main/lab/tf.js'
import { cutSheet } from '../../../src-main/lab/trigger-recovery/patch-sheet.js'
import { floatsOf, intsOf } from '../../../src-shared/model/array-block.js'
import { solidMark } from '../../../src-shared/trigger/mark.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

describe('where heat lies', () => {
  const region = { top: 1, left: 2, height: 2, width: 1 }
  // 3 x 4 pixels; 3 and 1 lie in the region.
  const heat = [0, 0, 0, 4, 0, -9, 3, 0, 0, 0, 1, 0]

  it('counts the positive heat inside', () => {
    expect(heatInside(heat, 4, region)).toBeCloseTo(4 / 8)
    expect(
      heatInside(
        Array.from({ length: 12 }, () => 2),
        4,
        region,
      ),
    ).toBeCloseTo(2 / 12)
  })

  it('points where it is hottest', () => {
    expect(pointsInside(heat, 4, region)).toBe(0)
    expect(pointsInside(heat.with(6, 5), 4, region)).toBe(1)
  })

  it('lies nowhere where nothing is hot', () => {
    expect(
      heatInside(
        Array.from({ length: 12 }, () => -1),
        4,
        region,
      ),
    ).toBeNaN()
    expect(
      pointsInside(
        Array.from({ length: 12 }, () => 0),
        4,
        region,
      ),
    ).toBeNaN()
  })
})

describe('principal components', () => {
  const rng = createRng([1, 2, 3, 4])
  /** Long along (3, 4) / 5, short across. */
  const points = Float32Array.from({ length: 2000 }, () => 0)
  for (let row = 0; row < 1000; row++) {
    const [along, across] = [10 * rng.normal(), rng.normal()]
    points[2 * row] = 7 + 0.6 * along - 0.8 * across
    points[2 * row + 1] = -3 + 0.8 * along + 0.6 * across
  }

  it('find the directions of most variance and how much of it lies along each', () => {
    const found = principalComponents(points, 2, 2, createRng([5, 6, 7, 8]))
    expect(found.directions[0]![0]).toBeCloseTo(0.6, 2)
    expect(found.directions[0]![1]).toBeCloseTo(0.8, 2)
    expect(found.explained[0]).toBeGreaterThan(0.98)
    expect(found.explained[0]! + found.explained[1]!).toBeCloseTo(1, 6)
    expect(found.mean[0]).toBeCloseTo(7, 0)
  })

  it('keep distances, and are the same for every start', () => {
    const one = project(points, 2, principalComponents(points, 2, 2, createRng([5, 6, 7, 8])))
    const other = project(points, 2, principalComponents(points, 2, 2, createRng([8, 7, 6, 5])))
    one.forEach((each, k) => expect(each).toBeCloseTo(other[k]!, 3))
    const distance = (of: Float32Array): number => Math.hypot(of[0]! - of[2]!, of[1]! - of[3]!)
    expect(distance(one)).toBeCloseTo(distance(points), 3)
  })

  it('are as many as the points span', () => {
    const line = Float32Array.from([0, 0, 0, 1, 1, 1, 2, 2, 2])
    expect(principalComponents(line, 3, 2, createRng([1, 2, 3, 4])).explained[0]).toBeCloseTo(1, 6)
  })
})

describe('the cosine transform', () => {
  beforeAll(useJavascriptBackend)

  it('keeps the energy, and finds a wave at its frequency', () => {
    const wave = (y: number, x: number): number =>
      Math.cos((Math.PI * (2 * y + 1) * 2) / 12) * Math.cos((Math.PI * (2 * x + 1) * 3) / 10)
    const values = Float32Array.from({ length: 30 }, (_, k) => wave(Math.floor(k / 5), k % 5))
    const found = tf.tidy(() => [...cosineTransform(tf.tensor4d(values, [1, 6, 5, 1]) as Tensor4D).dataSync()])
    const energy = (of: ArrayLike<number>): number => Array.from(of).reduce((sum, each) => sum + each * each, 0)
    expect(energy(found)).toBeCloseTo(energy(values), 4)
    expect(found[2 * 5 + 3]! ** 2).toBeCloseTo(energy(values), 4)
  })
})

describe('what a defense did to weights', () => {
  const before = { shape: [2, 2], values: Float32Array.from([3, 0, 4, 0]) }

  it('is measured for the whole and for each output channel', () => {
    const change = changeOf('fc.weight', before, { shape: [2, 2], values: Float32Array.from([3, 1, 4, -1]) })
    expect(change.relative).toBeCloseTo(Math.sqrt(2) / 5)
    expect(change.largest).toBe(1)
    expect([...floatsOf(change.channels)]).toEqual([0, Math.fround(Math.sqrt(2))])
    expect([change.before.low, change.before.high]).toEqual([-1, 4])
    for (const { counts } of [change.before, change.after, change.change]) {
      expect(intsOf(counts).reduce((sum, each) => sum + each, 0)).toBe(4)
    }
  })

  it('is nothing where nothing changed, and has no relation to nothing', () => {
    const same = changeOf('a', before, before)
    expect([same.relative, same.largest]).toEqual([0, 0])
    const nothing = { shape: [2], values: new Float32Array(2) }
    expect(changeOf('a', nothing, { shape: [2], values: Float32Array.of(1, 0) }).relative).toBeNull()
  })
})

describe('the distance of a recovered trigger', () => {
  const white = solidMark(2, 2, 1, [255, 255, 255, 255])

  it('is that at the best alignment', () => {
    const patch = solidMark(3, 3, 1, [0, 0, 0, 0, 255, 255, 0, 255, 255])
    expect(distanceToTrigger(patch, white)).toBe(0)
    expect(distanceToTrigger(solidMark(3, 3, 1, new Uint8Array(9)), white)).toBe(1)
    expect(distanceToTrigger(solidMark(1, 1, 1, [51]), white)).toBeCloseTo(0.8)
  })

  it('leaves out what the trigger does not cover', () => {
    const holed = { ...white, coverage: Uint8Array.from([255, 0, 0, 0]) }
    expect(distanceToTrigger(solidMark(2, 2, 1, [255, 0, 0, 0]), holed)).toBe(0)
  })
})

it('spreads a few samples evenly over many', () => {
  expect([
    ...evenlySpread(
      Uint32Array.from({ length: 10 }, (_, k) => 2 * k),
      4,
    ),
  ]).toEqual([0, 4, 10, 14])
  expect([...evenlySpread(Uint32Array.of(3, 5), 4)]).toEqual([3, 5])
})

it('cuts a sheet into its patches, and a picture that is none into nothing', () => {
  // 8 x 4 patches of 2 x 3 pixels, each filled with its number.
  const shape = { height: 4 * 3 - 1, width: 8 * 4 - 1, channels: 1 }
  const pixels = new Uint8Array(shape.height * shape.width).fill(128)
  for (let row = 0; row < shape.height; row++) {
    for (let column = 0; column < shape.width; column++) {
      if (row % 3 < 2 && column % 4 < 3) {
        pixels[row * shape.width + column] = 8 * Math.floor(row / 3) + Math.floor(column / 4)
      }
    }
  }
  const cut = cutSheet({ shape, pixels })!
  expect(cut.patch).toEqual({ height: 2, width: 3, channels: 1 })
  cut.pixels.forEach((value, k) => expect(value).toBe(Math.floor(k / 6)))
  expect(cutSheet({ shape: { ...shape, width: 30 }, pixels: pixels.subarray(0, 330) })).toBeNull()
})
