import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { createPatchTrigger, PatchParams } from '../../../src-main/lab/triggers/patch.js'
import {
  blankPatch,
  filled,
  inkAt,
  line,
  painted,
  paramsOf,
  patchInParams,
  patchOf,
  patchText,
  pixelsOf,
  resized,
  type Patch,
} from '../../../src-renderer/src/features/compose/trigger/patch.js'
import {
  clamped,
  coloursOf,
  fixedPlace,
  foundPlace,
  stamped,
} from '../../../src-renderer/src/features/compose/trigger/place.js'
import { pngProblem, pngSize } from '../../../src-renderer/src/files/png-header.js'
import { markOfPicture } from '../../../src-shared/trigger/mark.js'
import { applied, cellText, inkText } from '../../../src-renderer/src/features/compose/trigger/tools.js'
import { imagesOf, rgbaOf, zoomFor } from '../../../src-renderer/src/ui/pixels/pixels.js'

const _ = null
const gray = (rows: (number | null)[][]): Patch => ({
  height: rows.length,
  width: rows[0]!.length,
  channels: 1,
  pixels: rows.flat(),
})
const markOf = (patch: Patch) => markOfPicture(patch.height, patch.width, patch.channels, pixelsOf(patch).values)
const cell = (row: number, column: number) => ({ row, column })

describe('pixels', () => {
  it('are cut into images', () => {
    const base64 = Buffer.from([1, 2, 3, 4]).toString('base64')
    const images = imagesOf({ count: 2, height: 1, width: 2, channels: 1, base64 })
    expect(images.map(({ values }) => [...values])).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('are drawn with one to four channels', () => {
    const drawn = (channels: number, ...values: number[]) =>
      [...rgbaOf({ height: 1, width: 1, channels, values: Uint8Array.from(values) })].join(' ')
    expect(drawn(1, 7)).toBe('7 7 7 255')
    expect(drawn(2, 7, 0)).toBe('7 7 7 0')
    expect(drawn(3, 1, 2, 3)).toBe('1 2 3 255')
    expect(drawn(4, 1, 2, 3, 4)).toBe('1 2 3 4')
  })

  it('are zoomed by whole numbers', () => {
    expect(zoomFor(28, 84, 8)).toBe(3)
    expect(zoomFor(28, 83, 8)).toBe(2)
    expect(zoomFor(64, 10, 8)).toBe(1)
    expect(zoomFor(2, 500, 8)).toBe(8)
  })
})

describe('painting', () => {
  it('changes the cells that are meant and no others', () => {
    expect(painted(blankPatch(2, 2, 1), [cell(0, 1), cell(5, 5), cell(-1, 0)], [9])).toEqual(
      gray([
        [_, 9],
        [_, _],
      ]),
    )
    expect(painted(blankPatch(1, 2, 3), [cell(0, 1)], [1, 2, 3]).pixels).toEqual([_, _, _, 1, 2, 3])
  })

  it('fills what hangs together side by side', () => {
    const walls = gray([
      [_, 5, _],
      [5, 5, _],
      [_, _, 5],
    ])
    expect(filled(walls, cell(0, 2), [8])).toEqual(
      gray([
        [_, 5, 8],
        [5, 5, 8],
        [_, _, 5],
      ]),
    )
    expect(filled(walls, cell(0, 1), _).pixels.filter((value) => value === 5)).toHaveLength(1)
    expect(filled(walls, cell(0, 0), _)).toBe(walls)
    expect(filled(walls, cell(9, 9), [1])).toBe(walls)
  })

  it('fills the largest patch at once', () => {
    expect(filled(blankPatch(64, 64, 3), cell(31, 7), [1, 2, 3]).pixels).not.toContain(null)
  })

  it('keeps what fits when the size changes', () => {
    const patch = gray([
      [1, 2],
      [3, 4],
    ])
    expect(resized(patch, 1, 3)).toEqual(gray([[1, 2, _]]))
    expect(resized(resized(patch, 5, 4), 2, 2)).toEqual(patch)
    const colour: Patch = { height: 1, width: 2, channels: 3, pixels: [1, 2, 3, 4, 5, 6] }
    expect(resized(colour, 2, 1).pixels).toEqual([1, 2, 3, _, _, _])
  })

  it('leaves no holes in a quick stroke', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(63), fc.nat(63), fc.nat(63), fc.nat(63)), ([a, b, c, d]) => {
        const cells = line(cell(a, b), cell(c, d))
        expect(cells[0]).toEqual(cell(a, b))
        expect(cells.at(-1)).toEqual(cell(c, d))
        for (const [k, { row, column }] of cells.slice(1).entries()) {
          const before = cells[k]!
          expect(Math.max(Math.abs(row - before.row), Math.abs(column - before.column))).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('is done by tools, and told in words', () => {
    const patch = gray([[1, 2]])
    expect(applied('pencil', patch, [cell(0, 0)], [7]).pixels).toEqual([7, 2])
    expect(applied('eraser', patch, [cell(0, 0)], [7]).pixels).toEqual([_, 2])
    expect(applied('fill', patch, [cell(0, 1)], [7]).pixels).toEqual([1, 7])
    expect(applied('picker', patch, [cell(0, 1)], [7])).toBe(patch)
    expect(cellText(gray([[_, 3]]), cell(0, 1))).toBe('Row 0, column 1: gray 3')
    expect([inkText(_), inkText([1, 2, 3])]).toEqual(['transparent', 'red 1, green 2, blue 3'])
  })
})

describe('a patch and the parameters', () => {
  it('say the same, and are what the engine accepts', () => {
    const patch = gray([[1, _, 3]])
    expect(patchInParams(paramsOf(patch), 1)).toEqual(patch)
    expect(PatchParams.parse({ pattern: 'painted', painted: paramsOf(patch) }).painted).toEqual(paramsOf(patch))
    expect([patchText(paramsOf(patch)), patchText(null), patchText(3)]).toEqual([
      '1 x 3, painted',
      'none',
      'not readable',
    ])
  })

  it('are told apart where the images have other channels', () => {
    expect(patchInParams(paramsOf(gray([[1, 2, 3]])), 3)).toBeNull()
    expect(patchInParams(null, 1)).toBeNull()
    expect(patchInParams({ height: 1, width: 1, pixels: ['x'] }, 1)).toBeNull()
  })

  it('come from a picture: gray from colour, holes from opacity', () => {
    const picture = {
      height: 1,
      width: 3,
      channels: 4,
      values: Uint8Array.from([255, 0, 0, 255, 9, 9, 9, 0, 5, 5, 5, 200]),
    }
    expect(patchOf(picture, 1).pixels).toEqual([76, _, 5])
    expect(patchOf(picture, 3).pixels).toEqual([255, 0, 0, _, _, _, 5, 5, 5])
    const own = gray([[1, _]])
    expect(patchOf(pixelsOf(own), 1)).toEqual(own)
    expect(inkAt(own, cell(0, 1))).toBeNull()
  })
})

describe('the place', () => {
  const image = { height: 4, width: 5 }
  const clean = { ...image, channels: 1, values: Uint8Array.from({ length: 20 }, (_v, k) => k) }
  const patch = gray([
    [255, _],
    [0, 128],
  ])

  it('is the same on the page as in the engine, by name or exactly', () => {
    for (const position of ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'center', cell(1, 3)]) {
      const params = PatchParams.parse({ pattern: 'painted', painted: paramsOf(patch), position, opacity: 0.7 })
      const random = createRandomStreams(1)
      const engine = clean.values.slice()
      createPatchTrigger(params, { ...image, channels: 1 }, random.stream('a')).paint(engine, random.stream('b'))
      const place = fixedPlace(typeof position === 'string' ? position : { ...position }, patch, image)
      expect(stamped(clean, markOf(patch), place!, 0.7).values).toEqual(engine)
      expect(foundPlace(clean, { ...clean, values: engine }, markOf(patch), 0.7)).toEqual(place)
    }
  })

  it('has no name where it is random, and is not found where the patch is not', () => {
    expect(fixedPlace('random', patch, image)).toBeNull()
    expect(foundPlace(clean, { ...clean, values: new Uint8Array(20) }, markOf(patch), 1)).toBeNull()
  })

  it('stays inside the image', () => {
    expect(clamped(cell(-3, 9), patch, image)).toEqual(cell(0, 3))
    expect(clamped(cell(1, 1), { height: 9, width: 9 }, image)).toEqual(cell(0, 0))
  })

  it('offers the colours of the image, most frequent first', () => {
    const values = Uint8Array.from([0, 255, 7, 7, 3, 0])
    expect(coloursOf({ height: 1, width: 6, channels: 1, values }, 2)).toEqual([[7], [3]])
  })
})

describe('a PNG', () => {
  const header = (width: number, height: number): Uint8Array => {
    const bytes = Buffer.alloc(33)
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(bytes)
    bytes.writeUInt32BE(width, 16)
    bytes.writeUInt32BE(height, 20)
    return bytes
  }
  const largest = { height: 28, width: 28 }

  it('tells its size before anything is decoded', () => {
    expect(pngSize(header(100_000, 3))).toEqual({ height: 3, width: 100_000 })
    expect(pngSize(Uint8Array.from([1, 2, 3]))).toBeNull()
  })

  it('is refused in words where it is too large or no PNG', () => {
    expect(pngProblem('a.png', { height: 28, width: 5 }, largest)).toBeNull()
    expect(pngProblem('a.png', { height: 5, width: 80 }, largest)).toBe(
      'a.png has 5 x 80 pixels; a trigger has at most 28 x 28 here.',
    )
    expect(pngProblem('a.jpg', null, largest)).toContain('is not a PNG file')
  })
})
