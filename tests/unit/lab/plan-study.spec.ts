import { describe, expect, it } from 'vitest'
import { AppError, type FieldError } from '../../../src-shared/contract/errors.js'
import type { StoredDataset } from '../../../src-shared/model/dataset.js'
import { StudyPlan, StudyRequest } from '../../../src-shared/model/study.js'
import { emptyShelf } from '../../../src-main/lab/datasets/reader.js'
import { planStudy } from '../../../src-main/lab/studies/plan-study.js'

const request = (chosen: Partial<StudyRequest>): StudyRequest => StudyRequest.parse({ study: 'paper', ...chosen })
const tiny: Partial<StudyRequest> = { scale: 'tiny', attacks: ['badnets'], defenses: ['baeraser'] }

function refused(chosen: Partial<StudyRequest>): readonly FieldError[] {
  try {
    planStudy(request(chosen), emptyShelf)
  } catch (error) {
    if (error instanceof AppError && error.fields !== undefined) return error.fields
    throw error
  }
  throw new Error('It was not refused')
}

describe('the plan of a study', () => {
  it('has a clean model and each attack per dataset and seed, with every defense on the same victim', () => {
    const plan = planStudy(request({ ...tiny, seeds: 2 }), emptyShelf)
    expect(plan.cells.map(({ dataset, attack, seed }) => [dataset, attack, seed])).toEqual([
      ['mnist-10k', null, 1],
      ['mnist-10k', null, 2],
      ['mnist-10k', 'badnets', 1],
      ['mnist-10k', 'badnets', 2],
    ])
    for (const { experiment, attack, seed } of plan.cells) {
      expect(experiment.seed).toBe(seed)
      expect(experiment.attack?.id ?? null).toBe(attack)
      expect(experiment.defenses.map(({ id }) => id)).toEqual(['baeraser'])
    }
    expect(StudyPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
  })

  it('refuses what it does not know, each once and by name', () => {
    expect(refused({ ...tiny, study: 'poster' })[0]?.message).toContain('known: paper')
    expect(refused({ ...tiny, datasets: ['digits'] }).map(({ path }) => path)).toEqual(['digits: dataset.id'])
    const unknown = refused({ ...tiny, attacks: ['badnets', 'nonsense'], seeds: 3 })
    expect(unknown.map(({ path, value }) => [path, value])).toEqual([['mnist-10k, nonsense: attack.id', '"nonsense"']])
  })

  it('refuses a folder of images that was not imported', () => {
    const [field] = refused({ ...tiny, datasets: ['image-folder:photos'] })
    expect(field?.message).toContain('not the name of an imported folder')
  })

  it('takes an imported folder under its name, and a model that fits its colours', () => {
    const stored = {
      shape: { height: 32, width: 32, channels: 3 },
      classNames: ['a', 'b'],
      pixelNormalization: { mean: [0.5, 0.5, 0.5], deviation: [0.2, 0.2, 0.2] },
      trainImages: 20_000,
      testImages: 5_000,
    } as unknown as StoredDataset
    const shelf = { find: () => stored, names: () => ['photos'] }
    const plan = planStudy(request({ ...tiny, scale: 'small', datasets: ['image-folder:photos'], seeds: 1 }), shelf)
    expect(plan.cells[0]!.experiment.dataset.params).toMatchObject({ name: 'photos', trainImages: 10_000 })
    expect(plan.cells[0]!.experiment.model.id).toBe('resnet8')
  })
})
