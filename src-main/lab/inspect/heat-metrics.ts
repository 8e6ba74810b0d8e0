/**
 * Figures for where heat lies. Pointing game: Zhang, Bargal, Lin, Brandt, Shen and Sclaroff, "Top-down Neural Attention by
 * Excitation Backprop", ECCV 2016 (arXiv 1608.00507).
 */
import type { Region } from '../../../src-shared/model/inspection.js'

/** Share (0..1) of the positive heat of an image that lies inside a region; NaN where no heat is positive. */
export function heatInside(heat: ArrayLike<number>, width: number, region: Region): number {
  let sum = 0
  for (let pixel = 0; pixel < heat.length; pixel++) sum += Math.max(0, heat[pixel]!)
  let inside = 0
  forEachPixel(width, region, (pixel) => (inside += Math.max(0, heat[pixel]!)))
  return sum > 0 ? inside / sum : Number.NaN
}

/** 1 where the hottest pixel of an image lies inside a region, else 0; NaN where no heat is positive. */
export function pointsInside(heat: ArrayLike<number>, width: number, region: Region): number {
  let hottest = 0
  for (let pixel = 1; pixel < heat.length; pixel++) if (heat[pixel]! > heat[hottest]!) hottest = pixel
  if (!(heat[hottest]! > 0)) return Number.NaN
  const row = Math.floor(hottest / width)
  const column = hottest % width
  const { top, left } = region
  const isInside = row >= top && row < top + region.height && column >= left && column < left + region.width
  return isInside ? 1 : 0
}

function forEachPixel(
  width: number,
  { top, left, height, width: across }: Region,
  visit: (pixel: number) => void,
): void {
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + across; column++) visit(row * width + column)
  }
}
