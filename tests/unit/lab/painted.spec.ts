import { describe, expect, it } from 'vitest'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { previewTrigger } from '../../../src-main/lab/preview-trigger.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { checkPatchTrigger, createPatchTrigger, PatchParams } from '../../../src-main/lab/triggers/patch.js'
import type { AppError } from '../../../src-shared/contract/errors.js'
import { memoryReader } from '../../helpers/memory-host.js'

const gray = { height: 4, width: 6, channels: 1 }
const rng = (name: string) => createRandomStreams(1).stream(name)
const angle = { height: 2, width: 3, pixels: [255, null, 0, 10, 20, null] }

const errorsOf = (input: object, shape = gray) => checkPatchTrigger(PatchParams.parse(input), shape)

function paintOn(input: object, shape = gray, base = 100) {
  const trigger = createPatchTrigger(PatchParams.parse({ pattern: 'painted', ...input }), shape, rng('trigger'))
  const pixels = new Uint8Array(shape.height * shape.width * shape.channels).fill(base)
  return { region: trigger.paint(pixels, rng('place')), pixels: [...pixels], trigger }
}

/** The errors of a whole experiment with this trigger. */
function refusal(trigger: object) {
  try {
    planExperiment({
      dataset: { id: 'mnist-10k' },
      model: { id: 'small-cnn' },
      attack: { id: 'badnets', params: { trigger } },
      defenses: [],
    })
  } catch (error) {
    return (error as AppError).fields
  }
  return []
}

describe('a painted trigger', () => {
  it('paints its values where it is put and leaves the image alone where it is transparent', () => {
    const { pixels, region } = paintOn({ painted: angle, position: { row: 1, column: 2 } })
    expect(region).toEqual({ top: 1, left: 2, height: 2, width: 3 })
    const row = (...values: number[]) => values
    expect(pixels).toEqual([
      ...row(100, 100, 100, 100, 100, 100),
      ...row(100, 100, 255, 100, 0, 100),
      ...row(100, 100, 10, 20, 100, 100),
      ...row(100, 100, 100, 100, 100, 100),
    ])
  })

  it('mixes with what is below by its opacity', () => {
    const { pixels } = paintOn({ painted: angle, position: 'top-left', opacity: 0.5 })
    expect(pixels.slice(0, 3)).toEqual([178, 100, 50])
  })

  it('fits into corners and random places by its own height and width', () => {
    expect(paintOn({ painted: angle, position: 'bottom-right' }).region).toMatchObject({ top: 2, left: 3 })
    expect(paintOn({ painted: angle, position: 'center' }).region).toMatchObject({ top: 1, left: 1 })
    const { trigger } = paintOn({ painted: angle })
    const places = rng('places')
    const seen = Array.from({ length: 500 }, () => trigger.paint(new Uint8Array(24), places))
    expect(new Set(seen.map(({ top, left }) => `${top},${left}`)).size).toBe(3 * 4)
  })

  it('has colours', () => {
    const colour = { height: 2, width: 2, channels: 3 }
    const painted = { height: 1, width: 2, pixels: [255, 0, 1, null, null, null] }
    const { pixels, trigger } = paintOn({ painted, position: 'top-left' }, colour)
    expect(pixels).toEqual([255, 0, 1, ...Array.from({ length: 9 }, () => 100)])
    expect(trigger.picture).toEqual({
      shape: { height: 1, width: 2, channels: 4 },
      pixels: Uint8Array.from([255, 0, 1, 255, 0, 0, 0, 0]),
    })
  })

  it('is shown with its holes, and without them as plain pixels', () => {
    expect(paintOn({ painted: angle }).trigger.picture).toEqual({
      shape: { height: 2, width: 3, channels: 2 },
      pixels: Uint8Array.from([255, 255, 0, 0, 0, 255, 10, 255, 20, 255, 0, 0]),
    })
    const full = { height: 1, width: 1, pixels: [7] }
    expect(paintOn({ painted: full }).trigger.picture).toEqual({
      shape: { height: 1, width: 1, channels: 1 },
      pixels: Uint8Array.from([7]),
    })
  })

  it('draws nothing at random for its look, so that places stay those of other patterns', () => {
    const look = rng('trigger')
    createPatchTrigger(PatchParams.parse({ pattern: 'painted', painted: angle }), gray, look)
    expect(look.below(1_000_000)).toBe(rng('trigger').below(1_000_000))
  })

  it('is in the preview as it will be in the run', async () => {
    const trigger = { pattern: 'painted', painted: angle, position: { row: 20, column: 4 } }
    const experiment = { seed: 1, dataset: { id: 'mnist-10k' }, attack: { id: 'badnets', params: { trigger } } }
    const shown = await previewTrigger({ experiment, offset: 0, count: 2 }, memoryReader)
    const poisoned = Buffer.from(shown.poisoned.base64, 'base64')
    const clean = Buffer.from(shown.clean.base64, 'base64')
    const at = 784 + 20 * 28 + 4
    expect([...poisoned.subarray(at, at + 3)]).toEqual([255, clean[at + 1], 0])
    expect(shown.trigger).toMatchObject({ height: 2, width: 3, channels: 2 })
  })
})

describe('what is refused of a painted trigger', () => {
  it('names the field of the experiment and what is allowed', () => {
    expect(refusal({ pattern: 'painted' })).toEqual([
      {
        path: 'attack.params.trigger.painted',
        value: 'null',
        message:
          'must be given where the pattern is "painted": { height, width, pixels } with at most 28 x 28 pixels, one value for each',
      },
    ])
  })

  it('is a patch that is larger than the image, in either direction', () => {
    const wide = { height: 1, width: 7, pixels: Array.from({ length: 7 }, () => 0) }
    expect(errorsOf({ pattern: 'painted', painted: wide })).toEqual([
      { path: 'painted', value: '1 x 7', message: 'is larger than the image (4 x 6); at most 4 x 6' },
    ])
  })

  it('is a wrong number of values for its size and the channels of the image', () => {
    const message = (shape: typeof gray) => errorsOf({ pattern: 'painted', painted: angle }, shape)[0]?.message
    expect(message(gray)).toBeUndefined()
    expect(message({ ...gray, channels: 3 })).toBe(
      'must have 18 values for 2 x 3 pixels: 3 values for each, from 0 to 255, or null for transparent',
    )
    const short = { height: 2, width: 2, pixels: [1, 2, 3] }
    expect(errorsOf({ pattern: 'painted', painted: short })[0]).toMatchObject({ value: '3 values' })
  })

  it('is one that paints nothing', () => {
    const empty = { height: 1, width: 1, pixels: [null] }
    expect(errorsOf({ pattern: 'painted', painted: empty })[0]?.message).toContain('at least one pixel')
  })

  it('is a value or side out of range', () => {
    const fields = refusal({ pattern: 'painted', painted: { height: 65, width: 1, pixels: [256] } })
    expect(fields?.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'attack.params.trigger.painted.height must be at most 64',
      'attack.params.trigger.painted.pixels.0 must be at most 255',
    ])
  })

  it('does not matter to other patterns', () => {
    expect(errorsOf({ painted: { height: 1, width: 1, pixels: [null] } })).toEqual([])
    expect(errorsOf({ size: 5, pattern: 'painted', painted: angle })).toEqual([])
  })
})

describe('an exact place', () => {
  it('is where any pattern goes', () => {
    const params = PatchParams.parse({ size: 2, pattern: 'white', position: { row: 2, column: 4 } })
    const trigger = createPatchTrigger(params, gray, rng('trigger'))
    expect(trigger.paint(new Uint8Array(24), rng('place'))).toEqual({ top: 2, left: 4, height: 2, width: 2 })
  })

  it('is refused outside the image, saying what is allowed', () => {
    expect(errorsOf({ position: { row: 1, column: 3 } })).toEqual([])
    expect(errorsOf({ position: { row: 2, column: 3 } })).toEqual([
      {
        path: 'position',
        value: 'row 2, column 3',
        message: 'puts the 3 x 3 patch outside the image; allowed are row 0 to 1, column 0 to 3',
      },
    ])
    expect(errorsOf({ pattern: 'painted', painted: angle, position: { row: 2, column: 3 } })).toEqual([])
  })

  it('is refused when it is no place at all, saying what one is', () => {
    for (const position of ['middle', { row: 1.5, colum: 0 }, 4]) {
      expect(refusal({ position })).toMatchObject([
        {
          path: 'attack.params.trigger.position',
          message: expect.stringMatching(/^must be "random" or .* or \{ row, column \}/) as string,
        },
      ])
    }
  })

  it('is refused where only one of its numbers is wrong, naming that one', () => {
    expect(refusal({ position: { row: -1, column: 0 } })).toEqual([
      { path: 'attack.params.trigger.position.row', value: '-1', message: 'must be at least 0' },
    ])
  })

  it('keeps the one error for a patch that does not fit at all', () => {
    expect(errorsOf({ size: 9, position: { row: 0, column: 0 } }).map(({ path }) => path)).toEqual(['size'])
  })
})
