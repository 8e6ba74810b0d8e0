import { describe, expect, it } from 'vitest'
import { describeCatalogue } from '../../../src-main/lab/catalogue.js'
import type { ImportedModel } from '../../../src-shared/model/imported-model.js'
import { commandLine } from '../../../src-renderer/src/stores/command-line.js'
import { draftOf, draftPresets, withoutVictim, withVictim } from '../../../src-renderer/src/stores/draft-model.js'

const { plugins, experiments } = describeCatalogue()
const model: ImportedModel = {
  format: 'unbackdoor.model',
  version: 1,
  name: 'digits',
  importedAt: '2026-01-31T14:25:00.000Z',
  source: { kind: 'pytorch', file: 'digits.pth', bytes: 1, sha256: 'a'.repeat(64) },
  model: { id: 'resnet18', params: { stem: 'small-images', width: 4 } },
  classes: 10,
  channels: 1,
  imageSize: null,
  pixelNormalization: { mean: [0], deviation: [1] },
  dataset: 'mnist',
  claims: null,
  poison: null,
  attack: null,
  notes: [],
  weights: { bytes: 1, sha256: 'b'.repeat(64) },
}

describe('a draft with an imported victim', () => {
  const plain = draftOf(experiments[0]!.experiment, plugins)
  const draft = withVictim(plain, model)

  it('has its architecture, its dataset, and no attack where its trigger is not known', () => {
    expect(draft).toMatchObject({
      victim: { model: 'digits' },
      model: { id: 'resnet18', params: { width: 4 } },
      dataset: { id: 'mnist' },
      attack: null,
    })
  })

  it('keeps the victim of a run that is edited, so that nothing else is trained in its place', () => {
    const victim = { model: 'digits', sha256: 'b'.repeat(64) }
    expect(draftOf({ ...draft, victim } as never, plugins).victim).toEqual(victim)
    expect(withoutVictim(draft)).not.toHaveProperty('victim')
  })

  it('says its victim in the command that runs it', () => {
    expect(commandLine({ ...draft } as never, draftPresets(experiments, plugins))).toContain(
      '--set victim.model=digits',
    )
  })
})
