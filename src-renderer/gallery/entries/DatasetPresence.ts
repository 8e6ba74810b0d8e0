import { h } from 'vue'
import type { DatasetState } from '../../../src-shared/model/dataset.js'
import DatasetPresence from '../../src/ui/DatasetPresence.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const absent: DatasetState = {
  id: 'cifar-10',
  name: null,
  title: 'CIFAR-10',
  presence: 'absent',
  stored: null,
  file: null,
  bytes: 0,
  downloadBytes: 170_052_171,
  activity: null,
  error: null,
}
const ready: DatasetState = {
  ...absent,
  presence: 'ready',
  bytes: 184_320_000,
  stored: {
    format: 'unbackdoor.dataset',
    version: 1,
    id: 'cifar-10',
    name: null,
    shape: { height: 32, width: 32, channels: 3 },
    classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    pixelNormalization: { mean: [0.49, 0.48, 0.45], deviation: [0.25, 0.24, 0.26] },
    trainImages: 50_000,
    testImages: 10_000,
    verified: 'checksum',
    source: 'cifar-10-binary.tar.gz',
    notes: [],
    importedAt: '2026-01-31T14:25:00.000Z',
    sha256: '0'.repeat(64),
  },
}
const half = {
  phase: 'download',
  text: 'cifar-10-binary.tar.gz',
  done: 85_000_000,
  total: 170_052_171,
  unit: 'bytes',
} as const

export const entry: GalleryEntry = {
  states: (
    [
      ['Not there', absent],
      ['Downloading', { ...absent, activity: half }],
      ['Importing, not known how far', { ...absent, activity: { ...half, phase: 'import', done: 0, total: null } }],
      [
        'Importing images',
        { ...absent, activity: { ...half, phase: 'import', done: 1200, total: 47_000, unit: 'images' } },
      ],
      ['Ready', ready],
      ['With the program', { ...absent, id: 'mnist-10k', presence: 'built-in', downloadBytes: null }],
      ['No folder yet', { ...absent, id: 'image-folder', downloadBytes: null }],
      ['Failed', { ...absent, error: { code: 'disconnected', message: LONG } }],
    ] as const
  ).map(([title, state]) => shown(title, () => h(DatasetPresence, { state }))),
}
