/** Colours of heat, the same on the page and in files: viridis where it has no sign, diverging around zero where it has. */
export type Palette = 'viridis' | 'diverging'

export type Rgb = readonly [red: number, green: number, blue: number]

/** Viridis of Smith and van der Walt (CC0), at nine places. */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
]

/** From blue over nearly white to vermilion: told apart with every common colour blindness. */
const DIVERGING: readonly Rgb[] = [
  [0, 72, 128],
  [62, 136, 190],
  [160, 200, 228],
  [244, 244, 244],
  [246, 190, 150],
  [224, 120, 50],
  [168, 66, 0],
]

/** What heat is measured with: the value at the strong end of the colours, above 0. */
export interface HeatScale {
  readonly palette: Palette
  readonly max: number
}

/** Colour of a value. Beyond the ends the colour of the end counts. */
export function colourOf(value: number, { palette, max }: HeatScale): Rgb {
  const part = palette === 'viridis' ? value / max : (value / max + 1) / 2
  return along(palette === 'viridis' ? VIRIDIS : DIVERGING, part)
}

/** A scale that holds all of the maps; signed where any of them is, unless it is said. Null where all are empty. */
export function scaleFor(maps: readonly Float32Array[], palette?: Palette): HeatScale | null {
  let max = 0
  let min = 0
  for (const map of maps) {
    for (const value of map) {
      if (value > max) max = value
      if (value < min) min = value
    }
  }
  const size = Math.max(max, -min)
  if (!(size > 0)) return null
  return { palette: palette ?? (min < 0 ? 'diverging' : 'viridis'), max: size }
}

/**
 * Heat as a canvas takes it, one pixel a value, all of one opacity (0..1): a colour then means the same everywhere.
 */
export function heatRgba(heat: Float32Array, scale: HeatScale, opacity: number): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(heat.length * 4)
  heat.forEach((value, pixel) => {
    const [red, green, blue] = colourOf(value, scale)
    rgba.set([red, green, blue, 255 * opacity], pixel * 4)
  })
  return rgba
}

export function gradientCss(palette: Palette): string {
  const stops = (palette === 'viridis' ? VIRIDIS : DIVERGING).map((colour) => `rgb(${colour.join(' ')})`)
  return `linear-gradient(to right, ${stops.join(', ')})`
}

function along(colours: readonly Rgb[], part: number): Rgb {
  const place = Math.max(0, Math.min(1, Number.isNaN(part) ? 0 : part)) * (colours.length - 1)
  const from = Math.min(colours.length - 2, Math.floor(place))
  const [left, right] = [colours[from]!, colours[from + 1]!]
  const mix = (k: 0 | 1 | 2): number => Math.round(left[k] + (right[k] - left[k]) * (place - from))
  return [mix(0), mix(1), mix(2)]
}
