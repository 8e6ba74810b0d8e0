import type { StoredDataset } from '../../src-shared/model/dataset.js'
import { DATASET_FORMAT, DATASET_VERSION } from '../../src-shared/model/dataset.js'
import { IMAGE_FOLDER, officialDatasets } from '../../src-shared/model/official-datasets.js'
import { createImageSet, pixelsPerImage, type ImageSet } from '../../src-main/lab/data/image-set.js'

/** Images per class. */
const TRAIN = 4
const TEST = 2

export interface StoredSplits {
  readonly info: StoredDataset
  readonly train: ImageSet
  readonly test: ImageSet
}

/** Small datasets as if they had been imported: each class has pixels of its own brightness. */
export function tinyStored(id: string, name: string | null): StoredSplits | null {
  const official = officialDatasets.find((dataset) => dataset.id === id)
  if (official === undefined && (id !== IMAGE_FOLDER || name !== 'images')) return null
  const { shape, classNames, pixelNormalization } = official ?? {
    shape: { height: 12, width: 10, channels: 3 as const },
    classNames: ['cat', 'dog', 'fish'],
    pixelNormalization: { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.2, 0.2] },
  }
  const split = (perClass: number): ImageSet => {
    const labels = Uint8Array.from({ length: perClass * classNames.length }, (_, i) => i % classNames.length)
    const size = pixelsPerImage(shape)
    const pixels = Uint8Array.from(
      { length: labels.length * size },
      (_, i) => (labels[Math.floor(i / size)]! + i) % 256,
    )
    return createImageSet(shape, pixels, labels)
  }
  const [train, test] = [split(TRAIN), split(TEST)]
  return {
    info: {
      format: DATASET_FORMAT,
      version: DATASET_VERSION,
      id,
      name,
      shape,
      classNames: [...classNames],
      pixelNormalization: {
        mean: [...pixelNormalization.mean],
        deviation: [...pixelNormalization.deviation],
      },
      trainImages: train.count,
      testImages: test.count,
      verified: 'structure',
      source: 'a test',
      notes: [],
      importedAt: '2026-01-31T14:25:00.000Z',
      sha256: '0'.repeat(64),
    },
    train,
    test,
  }
}
