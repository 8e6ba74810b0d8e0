import { describe, expect, it } from 'vitest'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { checkPatch, createPatchTrigger, PatchParams } from '../../../src-main/lab/triggers/patch.js'

const shape = { height: 8, width: 10, channels: 1 }
const rng = (name: string) => createRandomStreams(1).stream(name)

function paintOn(input: Parameters<typeof PatchParams.parse>[0], base = 100) {
  const trigger = createPatchTrigger(PatchParams.parse(input), shape, rng('trigger'))
  const pixels = new Uint8Array(shape.height * shape.width).fill(base)
  return { region: trigger.paint(pixels, rng('place')), pixels, trigger }
}

describe('patch trigger', () => {
  it('replaces exactly the pixels of its square', () => {
    const { pixels, region } = paintOn({ pattern: 'white', position: 'bottom-right' })
    expect(region).toEqual({ top: 5, left: 7, height: 3, width: 3 })
    const changed = [...pixels].flatMap((value, at) => (value === 100 ? [] : [[Math.floor(at / 10), at % 10, value]]))
    expect(changed).toEqual([5, 6, 7].flatMap((row) => [7, 8, 9].map((column) => [row, column, 255])))
  })

  it('mixes with what is below by its opacity', () => {
    const { pixels } = paintOn({ size: 1, pattern: 'white', position: 'top-left', opacity: 0.4 })
    expect(pixels[0]).toBe(Math.round(100 + 0.4 * 155))
  })

  it('has as many white as black pixels, give or take one, so that it is never invisible', () => {
    for (let seed = 0; seed < 20; seed++) {
      const trigger = createPatchTrigger(PatchParams.parse({}), shape, createRandomStreams(seed).stream('trigger'))
      const values = [...trigger.picture.pixels]
      expect(values.filter((value) => value === 255)).toHaveLength(5)
      expect(values.filter((value) => value === 0)).toHaveLength(4)
    }
  })

  it('reaches every place, the last row and column included, and never leaves the image', () => {
    const trigger = createPatchTrigger(PatchParams.parse({}), shape, rng('trigger'))
    const places = rng('places')
    const seen = Array.from({ length: 3000 }, () => trigger.paint(new Uint8Array(80), places))
    expect(Math.max(...seen.map(({ top }) => top))).toBe(5)
    expect(Math.max(...seen.map(({ left }) => left))).toBe(7)
    expect(new Set(seen.map(({ top, left }) => `${top},${left}`)).size).toBe(6 * 8)
  })

  it('paints all channels of a colour image', () => {
    const colour = { height: 4, width: 4, channels: 3 }
    const params = PatchParams.parse({ size: 2, pattern: 'white', position: 'top-left' })
    const pixels = new Uint8Array(48)
    createPatchTrigger(params, colour, rng('trigger')).paint(pixels, rng('place'))
    expect(pixels.reduce((sum, value) => sum + (value === 255 ? 1 : 0), 0)).toBe(2 * 2 * 3)
  })

  it('is refused when it is larger than the image, saying what is allowed', () => {
    expect(checkPatch({ size: 8 }, shape)).toEqual([])
    expect(checkPatch({ size: 9 }, shape)).toEqual([
      { path: 'size', value: '9', message: 'is larger than the image (8 x 10); at most 8' },
    ])
  })
})
