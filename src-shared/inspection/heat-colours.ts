/**
 * Colours of heat, the same on the page and in files: from transparent over a dark red to a light yellow for what speaks
 * for a class, to a light blue for what speaks against it. Lightness rises evenly, so that it reads without colours too.
 */
type Colour = readonly [red: number, green: number, blue: number]

const FOR: readonly Colour[] = [
  [60, 10, 40],
  [142, 30, 50],
  [213, 94, 0],
  [240, 170, 40],
  [255, 243, 176],
]
const AGAINST: readonly Colour[] = [
  [10, 20, 60],
  [0, 60, 120],
  [0, 114, 178],
  [86, 180, 233],
  [205, 235, 250],
]
const OPAQUE_FROM = 0.35

/** Red, green, blue and opacity (each 0..255) of a heat of -1 to 1; what lies beyond is taken for the end. */
export function heatColour(heat: number): readonly [red: number, green: number, blue: number, opacity: number] {
  const size = Math.min(1, Math.abs(heat))
  const ramp = heat < 0 ? AGAINST : FOR
  const position = size * (ramp.length - 1)
  const below = Math.min(ramp.length - 2, Math.floor(position))
  const share = position - below
  const mixed = (part: 0 | 1 | 2): number =>
    Math.round(ramp[below]![part] * (1 - share) + ramp[below + 1]![part] * share)
  return [mixed(0), mixed(1), mixed(2), Math.round(255 * Math.min(1, size / OPAQUE_FROM))]
}

/** The largest size of any heat: what the colours of maps that are compared are scaled by. 0 where there is none. */
export function heatScale(heat: ArrayLike<number>): number {
  let largest = 0
  for (let k = 0; k < heat.length; k++) largest = Math.max(largest, Math.abs(heat[k]!))
  return largest
}
