import { encode } from 'fast-png'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePng, encodePng, readPng } from '../../../src-renderer/src/files/png.js'
import { hasHalfOpacity, pictureOfTriggerImage, triggerImageOf } from '../../../src-renderer/src/files/trigger-image.js'
import type { Pixels } from '../../../src-renderer/src/ui/pixels/pixels.js'
import { TriggerImage } from '../../../src-main/lab/triggers/image.js'

const picture = (channels: number, ...values: number[]): Pixels => ({
  height: 1,
  width: values.length / channels,
  channels,
  values: Uint8Array.from(values),
})

describe('a PNG', () => {
  it('keeps every value on its way out and back, half transparent ones too', () => {
    const pixels = fc
      .record({
        height: fc.integer({ min: 1, max: 9 }),
        width: fc.integer({ min: 1, max: 9 }),
        channels: fc.integer({ min: 1, max: 4 }),
      })
      .chain((shape) => {
        const length = shape.height * shape.width * shape.channels
        return fc.uint8Array({ minLength: length, maxLength: length }).map((values): Pixels => ({ ...shape, values }))
      })
    fc.assert(fc.property(pixels, (before) => void expect(decodePng(encodePng(before))).toEqual(before)))
  })

  it('is read with a palette, and with fewer and more bits', () => {
    const palette = [
      [1, 2, 3],
      [9, 8, 7],
    ]
    const indexed = encode({ width: 2, height: 1, depth: 8, channels: 1, data: Uint8Array.from([1, 0]), palette })
    expect(decodePng(indexed)).toEqual(picture(3, 9, 8, 7, 1, 2, 3))
    const bits = encode({
      width: 10,
      height: 2,
      depth: 1,
      channels: 1,
      data: Uint8Array.from([0b10000001, 0x40, 0x80, 0]),
    })
    expect([...decodePng(bits).values]).toEqual([
      ...[255, 0, 0, 0, 0, 0, 0, 255, 0, 255],
      ...[255, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ])
    const deep = encode({ width: 2, height: 1, depth: 16, channels: 1, data: Uint16Array.from([65535, 257]) })
    expect(decodePng(deep)).toEqual(picture(1, 255, 1))
  })

  it('is refused in words where it is damaged, too large or none', async () => {
    const good = encodePng(picture(1, 1, 2, 3))
    const file = (bytes: Uint8Array<ArrayBuffer>, name = 'a.png') => new File([bytes], name)
    const largest = { height: 4, width: 4 }
    expect(await readPng(file(good), largest)).toEqual(picture(1, 1, 2, 3))
    await expect(readPng(file(good.slice(0, 40)), largest)).rejects.toThrow('a.png could not be read')
    const changed = good.slice()
    changed[changed.length - 20]! ^= 1
    await expect(readPng(file(changed), largest)).rejects.toThrow('the file is damaged')
    await expect(readPng(file(good), { height: 1, width: 2 })).rejects.toThrow('at most 1 x 2')
    await expect(readPng(file(new TextEncoder().encode('hello'), 'a.txt'), largest)).rejects.toThrow(
      'is not a PNG file',
    )
  })
})

describe('a picture as trigger', () => {
  it('is what the engine accepts, value by value', () => {
    const image = triggerImageOf(picture(2, 7, 255, 9, 13))
    expect(TriggerImage.parse(image)).toEqual(image)
    expect(pictureOfTriggerImage(image)).toEqual(picture(4, 7, 7, 7, 255, 9, 9, 9, 13))
  })

  it('is made smaller where it is larger than an experiment carries', () => {
    const large: Pixels = { height: 600, width: 300, channels: 1, values: new Uint8Array(180_000).fill(50) }
    const image = triggerImageOf(large)
    expect(image).toMatchObject({ height: 128, width: 64 })
    expect(TriggerImage.safeParse(image).success).toBe(true)
    expect(pictureOfTriggerImage(image)?.values.slice(0, 4)).toEqual(Uint8Array.from([50, 50, 50, 255]))
  })

  it('is told from one that is there or not', () => {
    expect(hasHalfOpacity(picture(2, 7, 255, 9, 0))).toBe(false)
    expect(hasHalfOpacity(picture(2, 7, 255, 9, 254))).toBe(true)
    expect(hasHalfOpacity(picture(3, 7, 100, 9))).toBe(false)
  })
})
