import { h } from 'vue'
import type { Detection } from '../../../src-shared/model/run-record.js'
import DetectionTable from '../../src/ui/DetectionTable.vue'
import { recording } from '../recorded/load-recording.js'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const recorded = recording.record.summary!.defenses[0]!.detection!

const withClasses = (classes: Detection['classes'], target: number | null): Detection => ({
  ...recorded,
  classes,
  target,
})
const classesNamed = (count: number, nameOf: (index: number) => string): Detection['classes'] =>
  Array.from({ length: count }, (_, index) => ({
    class: index,
    name: nameOf(index),
    recoveredSuccess: index === 3 ? 1 : 0.004 * (index % 7),
    baseRate: 0.001 * (index % 5),
  }))

export const entry: GalleryEntry = {
  states: [
    shown('Found, and right', () => h(DetectionTable, { detection: recorded, trueTarget: 0 })),
    shown('Found, but another class is the target', () => h(DetectionTable, { detection: recorded, trueTarget: 7 })),
    shown('No backdoor found, and there is none', () =>
      h(DetectionTable, { detection: { ...recorded, target: null }, trueTarget: null }),
    ),
    shown('Judged by the size of masks', () =>
      h(DetectionTable, {
        detection: {
          ...recorded,
          threshold: 2,
          maskNorms: recorded.classes.map((_, index) => (index === 0 ? 6.2 : 40 + 3 * (index % 4))),
        },
        trueTarget: 0,
      }),
    ),
    shown('Everything at its limit', () =>
      h(DetectionTable, {
        detection: withClasses(
          [
            { class: 0, name: '0', recoveredSuccess: 1, baseRate: 1 },
            { class: 1, name: '1', recoveredSuccess: 0, baseRate: 0 },
            { class: 2, name: '2', recoveredSuccess: 0.2, baseRate: 0 },
          ],
          0,
        ),
        trueTarget: 0,
      }),
    ),
    shown('Long names', () =>
      h(DetectionTable, {
        detection: withClasses(
          classesNamed(4, () => LONG),
          3,
        ),
        trueTarget: 3,
      }),
    ),
    shown('43 classes', () =>
      h(DetectionTable, {
        detection: withClasses(
          classesNamed(43, (index) => `Sign ${index}`),
          3,
        ),
        trueTarget: 3,
      }),
    ),
    shown('No class', () => h(DetectionTable, { detection: withClasses([], null), trueTarget: null })),
  ],
}
