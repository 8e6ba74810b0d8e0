import { h } from 'vue'
import PixelCanvas from '../../../src/ui/pixels/PixelCanvas.vue'
import { imagesOf, type Pixels } from '../../../src/ui/pixels/pixels.js'
import { recording } from '../../recorded/load-recording.js'
import { shown, type GalleryEntry } from '../../page/entry.js'

const [digit] = imagesOf(recording.preview.poisoned)
const colours: Pixels = { height: 1, width: 3, channels: 3, values: new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255]) }
const faint: Pixels = {
  height: 1,
  width: 4,
  channels: 2,
  values: new Uint8Array([255, 0, 255, 85, 255, 170, 255, 255]),
}
const one: Pixels = { height: 1, width: 1, channels: 1, values: new Uint8Array([128]) }

export const entry: GalleryEntry = {
  states: [
    shown('A digit with a trigger', () => h(PixelCanvas, { pixels: digit!, zoom: 4, label: 'Poisoned digit' })),
    shown('Colours', () => h(PixelCanvas, { pixels: colours, zoom: 24, label: 'Red, green, blue' })),
    shown('From transparent to opaque', () => h(PixelCanvas, { pixels: faint, zoom: 24, label: 'Opacity' })),
    shown('One pixel, very large', () => h(PixelCanvas, { pixels: one, zoom: 200, label: 'Grey' })),
    shown('Decoration', () => h(PixelCanvas, { pixels: one, zoom: 12 })),
  ],
}
