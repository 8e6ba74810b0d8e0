import { describe, expect, it } from 'vitest'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { previewTrigger } from '../../../src-main/lab/preview-trigger.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { dotsOf, letters } from '../../../src-main/lab/triggers/font.js'
import { checkPatchTrigger, createPatchTrigger, PatchParams } from '../../../src-main/lab/triggers/patch.js'
import type { AppError } from '../../../src-shared/contract/errors.js'
import { fromBase64, toBase64 } from '../../../src-shared/util/base64.js'
import { memoryReader } from '../../helpers/memory-host.js'

const gray = { height: 8, width: 10, channels: 1 }
const colour = { ...gray, channels: 3 }
const rng = (name: string, seed = 1) => createRandomStreams(seed).stream(name)

/** Rows of an image after painting on an even gray of 100; of colour images each pixel as `r,g,b`. */
function painted(input: object, shape = gray, base = 100): (number | string)[][] {
  const trigger = createPatchTrigger(PatchParams.parse(input), shape, rng('trigger'))
  const pixels = new Uint8Array(shape.height * shape.width * shape.channels).fill(base)
  trigger.paint(pixels, rng('place'))
  return Array.from({ length: shape.height }, (_r, row) =>
    Array.from({ length: shape.width }, (_c, column) => {
      const at = (row * shape.width + column) * shape.channels
      const values = [...pixels.subarray(at, at + shape.channels)]
      return shape.channels === 1 ? values[0]! : values.join(',')
    }),
  )
}
const corner = (rows: (number | string)[][], height: number, width: number) =>
  rows.slice(0, height).map((row) => row.slice(0, width))
const errorsOf = (input: object, shape = gray) => checkPatchTrigger(PatchParams.parse(input), shape)
const rgba = (height: number, width: number, ...bytes: number[]) => ({
  height,
  width,
  rgba: toBase64(Uint8Array.from(bytes)),
})

/** The errors of a whole experiment with this trigger. */
function refusal(trigger: object): string[] {
  try {
    planExperiment({
      dataset: { id: 'mnist-10k' },
      model: { id: 'small-cnn' },
      attack: { id: 'badnets', params: { trigger } },
      defenses: [],
    })
  } catch (error) {
    return (error as AppError).fields!.map(({ path, value, message }) => `${path}: ${value} ${message}`)
  }
  return []
}

describe('a square', () => {
  it('is the grid of NAD at the outer corner, and keeps its form at other sizes', () => {
    const grid = painted({ pattern: 'grid', position: 'bottom-right' })
    expect(grid.slice(5).map((row) => row.slice(7))).toEqual([
      [0, 0, 255],
      [0, 255, 0],
      [255, 0, 255],
    ])
    expect(corner(painted({ pattern: 'grid', size: 2, position: 'top-left' }), 2, 2)).toEqual([
      [0, 0],
      [0, 255],
    ])
    expect(planExperiment(nad()).experiment.attack?.params).toMatchObject({
      poisonRate: 0.1,
      targetClass: 5,
      trigger: { pattern: 'grid', size: 3, position: 'bottom-right' },
    })
  })

  it('is a checkerboard that begins with white', () => {
    expect(corner(painted({ pattern: 'checkerboard', position: 'top-left' }, colour), 2, 4)).toEqual([
      ['255,255,255', '0,0,0', '255,255,255', '100,100,100'],
      ['0,0,0', '255,255,255', '0,0,0', '100,100,100'],
    ])
  })

  it('is the same noise for the same pattern seed, whatever the seed of the run, and never shifts the run', () => {
    const noise = (patternSeed: number | null, runSeed: number, shape = gray) => {
      const stream = rng('trigger', runSeed)
      const params = PatchParams.parse({ pattern: 'random-uniform', size: 4, patternSeed })
      const { pixels } = createPatchTrigger(params, shape, stream).picture
      return { look: [...pixels].join(), next: stream.uniform() }
    }
    expect(noise(7, 1).look).toBe(noise(7, 2).look)
    expect(noise(7, 1).look).not.toBe(noise(8, 1).look)
    expect(noise(null, 1).look).not.toBe(noise(null, 2).look)
    expect(noise(7, 1).next).toBe(rng('trigger', 1).uniform())
    expect(noise(7, 1, colour).look.split(',')).toHaveLength(4 * 4 * 3)
  })

  it('leaves the image alone at opacity 0 and replaces it at 1', () => {
    expect(painted({ pattern: 'white', opacity: 0 }).flat()).toEqual(
      painted({ pattern: 'white', opacity: 0 }).flat().fill(100),
    )
    expect(painted({ pattern: 'white', opacity: 0.2, position: 'top-left' })[0]![0]).toBe(131)
    expect(painted({ pattern: 'white', opacity: 0.2, position: 'top-left' }, gray, 255)[0]![0]).toBe(255)
  })
})

function nad(): object {
  const attack = { id: 'badnets', preset: 'nad-grid' }
  return { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack, defenses: [] }
}

describe('text', () => {
  it('paints its dots and nothing around them', () => {
    const rows = corner(painted({ pattern: 'text', text: 'Tl', position: 'top-left' }), 6, 8)
    const [o, x] = [100, 255]
    expect(rows).toEqual([
      [x, x, x, o, x, o, o, o],
      [o, x, o, o, x, o, o, o],
      [o, x, o, o, x, o, o, o],
      [o, x, o, o, x, o, o, o],
      [o, x, o, o, x, x, x, o],
      [o, o, o, o, o, o, o, o],
    ])
  })

  it('has a colour, which on gray images is its gray, and a size', () => {
    const red = { pattern: 'text', text: '.', colour: '#FF0000', textScale: 1, position: 'top-left' }
    expect(painted(red, colour)[4]![0]).toBe('255,0,0')
    expect(painted(red)[4]![0]).toBe(76)
    const large = { pattern: 'text', text: 'I', textScale: 2, position: 'top-left' }
    expect(corner(painted(large, { height: 10, width: 6, channels: 1 }), 4, 6)).toEqual([
      [255, 255, 255, 255, 255, 255],
      [255, 255, 255, 255, 255, 255],
      [100, 100, 255, 255, 100, 100],
      [100, 100, 255, 255, 100, 100],
    ])
  })

  it('lies in corners by its own size', () => {
    const trigger = createPatchTrigger(
      PatchParams.parse({ pattern: 'text', text: 'AB', position: 'bottom-right' }),
      gray,
      rng('trigger'),
    )
    expect(trigger.paint(new Uint8Array(80), rng('place'))).toEqual({ top: 3, left: 3, height: 5, width: 7 })
    expect(trigger.picture.shape).toEqual({ height: 5, width: 7, channels: 2 })
  })

  it('has a different form for every letter, each painted and five dots high', () => {
    const forms = letters.map((letter) =>
      dotsOf(letter)
        .map((row) => row.map(Number).join(''))
        .join('/'),
    )
    // The letter O and the digit 0, S and 5 and so on are told apart too.
    expect(new Set(forms).size).toBe(letters.length)
    for (const [index, form] of forms.entries()) {
      expect(form.split('/')).toHaveLength(5)
      expect(new Set(form.split('/').map((row) => row.length)).size).toBe(1)
      expect(form.includes('1')).toBe(letters[index] !== ' ')
    }
  })

  it('is refused where it does not fit, says nothing or cannot be drawn', () => {
    expect(errorsOf({ pattern: 'text', text: 'ABC' })).toEqual([
      { path: 'text', value: '"ABC"', message: 'is 5 x 11 pixels large, which is more than the image (8 x 10)' },
    ])
    expect(refusal({ pattern: 'text', text: '  ' })).toEqual([
      'attack.params.trigger.text: "  " must have at least one letter that is not blank',
    ])
    expect(refusal({ text: 'ä' })).toEqual([
      'attack.params.trigger.text: "ä" must consist of letters A to Z, digits, blanks and ! ? + - . :',
    ])
    expect(refusal({ colour: 'red' })).toEqual([
      'attack.params.trigger.colour: "red" must be a colour such as "#ff8000"',
    ])
  })
})

describe('a picture', () => {
  const two = rgba(1, 2, 10, 20, 30, 255, 200, 100, 0, 255)

  it('is painted as it is at its own size, and in gray on gray images', () => {
    const input = { pattern: 'image', image: two, size: 2, position: 'top-left' }
    expect(corner(painted(input, colour), 1, 3)).toEqual([['10,20,30', '200,100,0', '100,100,100']])
    expect(corner(painted(input), 1, 3)).toEqual([[18, 119, 100]])
  })

  it('lets the image through by its own opacity and that of the trigger', () => {
    const half = rgba(1, 3, 200, 200, 200, 51, 0, 0, 0, 0, 200, 200, 200, 255)
    const input = { pattern: 'image', image: half, size: 3, position: 'top-left' }
    expect(corner(painted(input), 1, 3)).toEqual([[120, 100, 200]])
    expect(corner(painted({ ...input, opacity: 0.5 }), 1, 3)).toEqual([[110, 100, 150]])
    const { picture } = createPatchTrigger(PatchParams.parse(input), colour, rng('trigger'))
    expect(picture).toEqual({
      shape: { height: 1, width: 3, channels: 4 },
      pixels: fromBase64(half.rgba),
    })
  })

  it('is enlarged in blocks and made smaller by means, which transparent pixels do not tint', () => {
    const blocks = { pattern: 'image', image: two, size: 4, position: 'top-left' }
    expect(corner(painted(blocks, colour), 2, 4)).toEqual(
      Array.from({ length: 2 }, () => ['10,20,30', '10,20,30', '200,100,0', '200,100,0']),
    )
    expect(painted({ ...blocks, size: 1 }, colour)[0]![0]).toBe('105,60,15')
    const glass = rgba(1, 2, 255, 0, 0, 0, 40, 60, 80, 255)
    const { picture } = createPatchTrigger(
      PatchParams.parse({ pattern: 'image', image: glass, size: 1 }),
      colour,
      rng('trigger'),
    )
    expect([...picture.pixels]).toEqual([40, 60, 80, 128])
  })

  it('keeps its proportions, and means of any size keep an even colour even', () => {
    const even = rgba(7, 3, ...Array.from({ length: 21 }, () => [9, 99, 199, 255]).flat())
    for (let size = 1; size <= 8; size++) {
      const trigger = createPatchTrigger(
        PatchParams.parse({ pattern: 'image', image: even, size }),
        colour,
        rng('trigger'),
      )
      const { height, width } = trigger.picture.shape
      expect([height, width]).toEqual([size, Math.max(1, Math.round((size * 3) / 7))])
      expect(new Set(trigger.picture.pixels)).toEqual(new Set([9, 99, 199]))
    }
  })

  it('is refused without data, with the wrong number of bytes, too large or transparent everywhere', () => {
    expect(errorsOf({ pattern: 'image' })[0]).toMatchObject({ path: 'image', value: 'null' })
    expect(errorsOf({ pattern: 'image', image: { ...two, width: 3 } })).toEqual([
      { path: 'image.rgba', value: '8 bytes', message: 'must have 12 bytes for 1 x 3 pixels: 4 for each' },
    ])
    expect(errorsOf({ pattern: 'image', image: rgba(1, 1, 9, 9, 9, 0) })[0]?.message).toContain('at least one pixel')
    expect(errorsOf({ pattern: 'image', image: two, size: 11 })).toEqual([
      { path: 'size', value: '11', message: 'is larger than the image (8 x 10); at most 10' },
    ])
    expect(errorsOf({ pattern: 'image', image: rgba(2, 1, ...Array.from({ length: 8 }, () => 255)), size: 9 })).toEqual(
      [{ path: 'size', value: '9', message: 'is larger than the image (8 x 10); at most 8' }],
    )
    expect(refusal({ pattern: 'image', image: { height: 1, width: 1, rgba: 'a?==' } })).toEqual([
      'attack.params.trigger.image.rgba: "a?==" must be base64',
    ])
    const [tooMuch] = refusal({ image: { height: 129, width: 1, rgba: 'AAAA'.repeat(30_000) } }).slice(1)
    expect(tooMuch).toMatch(/^attack\.params\.trigger\.image\.rgba: .{0,90} must be at most 87384 characters$/u)
  })
})

describe('the preview', () => {
  it.each([
    { pattern: 'text', text: 'OK', position: 'center' },
    { pattern: 'image', image: rgba(1, 2, 10, 20, 30, 255, 200, 100, 0, 99), size: 6, opacity: 0.4 },
    { pattern: 'grid', size: 5, position: { row: 3, column: 9 } },
  ])('shows the pixels that the run will train on: $pattern', async (trigger) => {
    const experiment = { seed: 4, dataset: { id: 'mnist-10k' }, attack: { id: 'badnets', params: { trigger } } }
    const shown = await previewTrigger({ experiment, offset: 0, count: 3 }, memoryReader)
    const plan = planExperiment({ ...experiment, model: { id: 'small-cnn' }, defenses: [] })
    const random = createRandomStreams(4)
    const { train } = await plan.dataset.definition.load(plan.dataset.params, {
      reader: memoryReader,
      random: random.within('dataset'),
    })
    const { definition, params } = plan.attack!
    const setting = { train, data: plan.data, random: random.within('attack') }
    const planted = definition.plant(params, definition.createTrigger(params, plan.data, setting.random), setting)
    const expected = shown.samples.flatMap(({ index }) => [
      ...planted.poisonedTrain.pixels.subarray(index * 784, (index + 1) * 784),
    ])
    expect([...fromBase64(shown.poisoned.base64)]).toEqual(expected)
    expect(shown.poisoned.base64).not.toBe(shown.clean.base64)
  })
})
