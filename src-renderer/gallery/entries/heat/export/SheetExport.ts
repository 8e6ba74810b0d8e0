import { h } from 'vue'
import SheetExport from '../../../../src/ui/heat/export/SheetExport.vue'
import type { HeatSheet } from '../../../../src/ui/heat/export/heat-sheet.js'
import { floatBlock } from '../../../../../src-shared/model/array-block.js'
import { shown, type GalleryEntry } from '../../../page/entry.js'
import { digit, heatAround } from '../../../samples/heat.js'

const sheet: HeatSheet = {
  title: 'Heat of a digit',
  origin: 'recorded run, Grad-CAM',
  columns: 2,
  cells: ['Clean', 'Triggered'].map((title, index) => ({
    title,
    note: '12.3 % of the heat inside the trigger',
    pixels: digit,
    size: digit,
    heat: heatAround(10 + 8 * index, 14),
    scale: { palette: 'viridis', max: 1 },
    opacity: 0.6,
    outlines: [],
    zoom: 5,
  })),
}
const rows = (): readonly (readonly number[])[] => [[1]]
const arrays = () => ({ values: { heat: floatBlock(heatAround(10, 14)) }, about: { run: 'recorded run' } })

export const entry: GalleryEntry = {
  states: [
    shown('Saves pictures with heat', () => h(SheetExport, { title: sheet.title, sheet: () => sheet, rows, arrays })),
  ],
}
