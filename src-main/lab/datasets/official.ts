import { z } from 'zod'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { OfficialDataset } from '../../../src-shared/model/official-datasets.js'
import type { Paper } from '../../../src-shared/model/plugin-manifest.js'
import { defineDataset, type AugmentationDefault, type DatasetDefinition, type DatasetInfo } from '../define.js'
import { checkSubset, subsetFields, takeSubsets } from './subset.js'

export interface OfficialChoice {
  readonly facts: OfficialDataset
  readonly family: string
  readonly summary: string
  readonly paper: Paper
  readonly augmentation: AugmentationDefault
}

const params = z.strictObject(subsetFields)

/** A dataset whose official files have been imported: its form is known before they are there. */
export function defineOfficial({ facts, family, summary, paper, augmentation }: OfficialChoice): DatasetDefinition {
  const { id, title, shape, classNames, pixelNormalization } = facts
  const info: DatasetInfo = { shape, classNames, pixelNormalization }
  return defineDataset({
    id,
    family,
    title,
    summary,
    paper,
    params,
    augmentation,
    check: (chosen) => checkSubset(chosen, facts),
    describe: () => info,
    async load(chosen, { reader, random }) {
      const { info: stored, train, test } = await reader.stored(id, null)
      const isSame = JSON.stringify([stored.shape, stored.classNames]) === JSON.stringify([info.shape, info.classNames])
      if (!isSame) {
        throw new AppError({
          code: 'data-missing',
          message: `The stored dataset ${id} has another form than this version expects.`,
          hint: `Remove it and get it anew: npm run -s cli -- datasets remove ${id}`,
        })
      }
      return takeSubsets({ info, train, test }, chosen, random)
    },
  })
}
