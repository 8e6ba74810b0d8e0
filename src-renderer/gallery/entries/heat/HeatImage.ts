import { h } from 'vue'
import HeatImage from '../../../src/ui/heat/HeatImage.vue'
import { shown, type GalleryEntry } from '../../page/entry.js'
import { digit, heatAround } from '../../samples/heat.js'

const usual = {
  pixels: digit,
  size: digit,
  heat: heatAround(22, 22),
  scale: { palette: 'viridis', max: 1 },
  opacity: 0.6,
  outlines: [],
  zoom: 5,
  label: 'Heat of a digit',
} as const
const signed = heatAround(8, 8, -1).map((value, pixel) => value + heatAround(20, 20)[pixel]!)
const region = { top: 20, left: 20, height: 4, width: 4 }

export const entry: GalleryEntry = {
  states: [
    shown('Heat over the image', () => h(HeatImage, usual)),
    shown('Both outlines', () =>
      h(HeatImage, {
        ...usual,
        outlines: [
          { kind: 'true', region },
          { kind: 'recovered', region: { ...region, top: 18, height: 8 } },
        ],
      }),
    ),
    shown('For and against', () => h(HeatImage, { ...usual, heat: signed, scale: { palette: 'diverging', max: 1 } })),
    shown('Heat alone', () => h(HeatImage, { ...usual, pixels: null, opacity: 1 })),
    shown('The image alone', () => h(HeatImage, { ...usual, opacity: 0 })),
    shown('No answer yet', () => h(HeatImage, { ...usual, heat: null, scale: null })),
    shown('Neither is there yet', () => h(HeatImage, { ...usual, pixels: null, heat: null, scale: null })),
    shown('One pixel each', () => h(HeatImage, { ...usual, zoom: 1 })),
  ],
}
