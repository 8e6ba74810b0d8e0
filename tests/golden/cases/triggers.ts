import { attacks } from '../../../src-main/lab/attacks/index.js'
import { sinusoid } from '../../../src-main/lab/attacks/sig.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf } from '../../../src-main/lab/tf.js'
import { createAdditiveTrigger } from '../../../src-main/lab/triggers/additive.js'
import { blendWhole, createOverlayTrigger } from '../../../src-main/lab/triggers/overlay.js'
import { quantise } from '../../../src-main/lab/triggers/quantise.js'
import type { Trigger } from '../../../src-main/lab/triggers/trigger.js'
import { noisyGrid, normalizedField, warpGrid, warpPixels } from '../../../src-main/lab/triggers/warp.js'
import { solidMark } from '../../../src-shared/trigger/mark.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fillInts, fillValues } from '../fill.js'
import { tiny } from './steps.js'

const { shape } = tiny
const { height, width, channels } = shape
const SIZE = height * width * channels

/** Pixels are whole numbers, so they agree or they do not; what is stored of many has nine digits. */
const EXACT = [[/image|noise mode/, { relative: 1e-8, typical: 0, fixed: 1e-9 }]] as const

function image(label: string): Uint8Array {
  const values = fillInts(label, SIZE, 256)
  const pixels = Uint8Array.from(values.dataSync())
  values.dispose()
  return pixels
}

const tensorOfImage = (pixels: Uint8Array) => tf.tensor3d(Float32Array.from(pixels), [height, width, channels])

function painted(name: string, label: string, trigger: () => Trigger): GoldenCase {
  return {
    name,
    tolerances: EXACT,
    run() {
      const pixels = image(label)
      trigger().paint(pixels, createRandomStreams(1).stream('paint'))
      return { image: tensorOfImage(pixels) }
    },
  }
}

const blended = [0.1, 0.2, 1].map((opacity) =>
  painted(`blended, opacity ${opacity === 1 ? '1.0' : opacity}`, 'blended/image', () =>
    createOverlayTrigger(solidMark(height, width, channels, image('blended/pattern')), shape, {
      test: blendWhole(shape, opacity),
    }),
  ),
)

const sinusoids = [
  [40, 6],
  [30, 3],
  [255, 1],
].map(([amplitude, frequency]) =>
  painted(`SIG, amplitude ${amplitude}, frequency ${frequency}`, 'SIG/image', () =>
    createAdditiveTrigger(shape, sinusoid(shape, amplitude!, frequency!)),
  ),
)

const warps = (
  [
    [4, 0.5, 1, 'WaNet, k 4, s 0.5, rescale 1.0'],
    [2, 2, 0.98, 'WaNet, k 2, s 2.0, rescale 0.98'],
    [6, 1.5, 1, 'WaNet, k 6, s 1.5, rescale 1.0'],
  ] as const
).map(([control, strength, rescale, name]): GoldenCase => ({
  name,
  tolerances: EXACT,
  run() {
    const field = normalizedField(control, fillValues(`${name}/field`, 2 * control * control))
    const grid = warpGrid(field, shape, { strength, rescale })
    const noisy = noisyGrid(grid, shape, fillValues(`${name}/noise`, grid.length))
    const [exact, shaken] = [grid, noisy].map((each) => {
      const pixels = image(`${name}/image`)
      warpPixels(pixels, shape, each)
      return tensorOfImage(pixels)
    })
    return { grid: tf.tensor3d(Float32Array.from(grid), [height, width, 2]), image: exact!, 'noise mode': shaken! }
  },
}))

const quantised = (
  [
    [8, true],
    [8, false],
    [2, true],
    [32, true],
  ] as const
).map(([levels, dithers]): GoldenCase => {
  const name = `BPP, ${levels} levels, dithering ${dithers}`
  return {
    name,
    tolerances: EXACT,
    run() {
      const pixels = image(`${name}/image`)
      quantise(pixels, shape, levels, dithers)
      return { image: tensorOfImage(pixels) }
    },
  }
})

const cover: GoldenCase = {
  name: 'BPP, cover',
  tolerances: EXACT,
  run() {
    const bpp = attacks.get('bpp', 'attack')
    const random = createRandomStreams(1)
    const pixels = image('BPP, cover/image')
    const trigger = bpp.createTrigger(bpp.params.parse({}), tiny, random)
    trigger.paintCovers?.([pixels], random.stream('paint'), [image('BPP, cover/other')])
    return { image: tensorOfImage(pixels) }
  },
}

export const triggerCases: GoldenGroup = {
  file: 'triggers',
  cases: [...blended, ...sinusoids, ...warps, ...quantised, cover],
}
