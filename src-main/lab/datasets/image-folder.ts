/** Images of one's own: a folder or archive with one folder per class, imported under a name. */
import { z } from 'zod'
import { DatasetName } from '../../../src-shared/model/dataset.js'
import { IMAGE_FOLDER } from '../../../src-shared/model/official-datasets.js'
import { defineDataset } from '../define.js'
import type { DatasetShelf } from './reader.js'
import { checkSubset, subsetFields, takeSubsets } from './subset.js'

const params = z.strictObject({
  name: DatasetName.default('images').meta({
    title: 'Name',
    description: 'Under which the folder was imported, by "datasets import image-folder FOLDER --name NAME".',
  }),
  ...subsetFields,
})

export const imageFolder = defineDataset({
  id: IMAGE_FOLDER,
  family: 'own',
  title: 'Folder of images',
  summary: 'Your own PNG or JPEG images, one folder per class, imported once under a name.',
  paper: null,
  params,
  augmentation: {},

  check({ name, ...subset }, shelf) {
    const stored = shelf.find(IMAGE_FOLDER, name)
    if (stored !== null) return checkSubset(subset, stored)
    return [{ path: 'name', value: JSON.stringify(name), message: missing(shelf) }]
  },

  describe({ name }, shelf) {
    const stored = shelf.find(IMAGE_FOLDER, name)
    if (stored === null) throw new Error(`No folder "${name}" is imported; its absence was not checked`)
    const { shape, classNames, pixelNormalization } = stored
    return { shape, classNames, pixelNormalization }
  },

  async load({ name, ...subset }, { reader, random }) {
    const { info, train, test } = await reader.stored(IMAGE_FOLDER, name)
    const { shape, classNames, pixelNormalization } = info
    return takeSubsets({ info: { shape, classNames, pixelNormalization }, train, test }, subset, random)
  },
})

function missing(shelf: DatasetShelf): string {
  const names = shelf.names(IMAGE_FOLDER)
  return `is not the name of an imported folder; imported: ${names.length === 0 ? 'none' : names.join(', ')}`
}
