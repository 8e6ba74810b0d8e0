import { decode, encode } from 'fast-png'
import { expect, it } from 'vitest'
import { compactPng } from '../../../scripts/screenshots/compact-png.mjs'

const picture = (width: number, height: number, colourAt: (pixel: number) => number[]) =>
  Uint8Array.from({ length: width * height * 3 }, (_, byte) => colourAt(Math.floor(byte / 3))[byte % 3]!)

it.each([
  ['a few colours', 40, (pixel: number) => (pixel % 7 < 3 ? [0, 114, 178] : [255, 255, 255])],
  ['more colours than a palette holds', 40, (pixel: number) => [pixel % 256, pixel >> 8, (7 * pixel) % 256]],
])('keeps every pixel of a picture of %s', (_title, side, colourAt) => {
  const data = picture(side, side, colourAt)
  const before = encode({ width: side, height: side, data, channels: 3 })
  const after = decode(compactPng(before))
  const colours =
    after.palette === undefined
      ? Array.from(after.data)
      : Array.from(after.data as Uint8Array).flatMap((index) => [...after.palette![index]!])
  expect([after.width, after.height]).toEqual([side, side])
  expect(colours).toEqual(Array.from(data))
})
