import { h } from 'vue'
import PixelImage from '../../src/ui/PixelImage.vue'
import { recordedFileUrl, recording } from '../recorded/load-recording.js'
import { shown, type GalleryEntry } from '../page/entry.js'

const { runId } = recording.record
const trigger = recordedFileUrl(runId, 'trigger.png') ?? ''
const recovered = recordedFileUrl(runId, 'recovered/epoch-030.png') ?? ''

export const entry: GalleryEntry = {
  states: [
    shown('A trigger of 3 x 3 pixels', () => h(PixelImage, { src: trigger, alt: 'True trigger', size: 96 })),
    shown('A contact sheet', () => h(PixelImage, { src: recovered, alt: 'Recovered triggers', size: 264 })),
    shown('Larger than its room: one screen pixel each', () =>
      h(PixelImage, { src: recordedFileUrl(runId, 'wall.png') ?? '', alt: 'Triggered images', size: 20 }),
    ),
    shown('Not an image', () => h(PixelImage, { src: 'data:image/png;base64,AAAA', alt: 'Broken', size: 96 })),
  ],
}
