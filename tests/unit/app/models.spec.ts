import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelImportOptions } from '../../../src-shared/model/imported-model.js'
import { Experiment } from '../../../src-shared/model/experiment.js'
import { inPytorchLayout } from '../../../src-shared/weights/pytorch-layout.js'
import { decodeSafetensors, encodeSafetensors } from '../../../src-shared/weights/safetensors.js'
import { createModels, type Models } from '../../../src-main/app/models/models.js'
import { fromBase64 } from '../../../src-shared/util/base64.js'
import { png } from '../../helpers/archives.js'
import { createFakeEngine } from '../../helpers/fake-engine.js'
import { modelFile } from '../../helpers/model-files.js'
import { refusalOf } from '../../helpers/refusals.js'

const NONE = { mean: [0], deviation: [1] }

describe('imported models', () => {
  let folder = ''
  let models: Models

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'models-'))
    models = createModels({
      workspace: join(folder, 'workspace'),
      launchEngine: () => createFakeEngine().launch(),
      openGrant: (id) => join(folder, id),
    })
  })
  afterEach(async () => {
    models.close()
    await rm(folder, { recursive: true })
  })

  const put = (name: string, bytes: Uint8Array | string = modelFile(name)): Promise<void> =>
    writeFile(join(folder, name), bytes)
  const bring = async (grant: string, options: object = {}, marks: { trigger?: string; triggerMask?: string } = {}) =>
    (
      await models.handlers['model.import']({
        grant,
        trigger: marks.trigger ?? null,
        triggerMask: marks.triggerMask ?? null,
        options: ModelImportOptions.parse(options),
      })
    ).model
  const kept = (): Promise<string[]> => readdir(join(folder, 'workspace', 'models')).catch(() => [])

  it('are stored with all that their files say, and listed until they are removed', async () => {
    await mkdir(join(folder, 'badnet'))
    await put('badnet/attack_result.pt', modelFile('attack_result.pt'))
    await writeFile(
      join(folder, 'badnet', 'attack_df_summary.csv'),
      ',epoch,test_acc,test_asr,test_ra\nmean,1,,,\nlast,99,0.9,0.75,0.2\n',
    )
    const model = await bring('badnet')
    expect(model).toMatchObject({
      name: 'badnet',
      source: { kind: 'backdoorbench', file: 'attack_result.pt' },
      model: { id: 'preact-resnet18', params: { width: 4 } },
      classes: 10,
      channels: 3,
      imageSize: { height: 32, width: 32 },
      pixelNormalization: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.243, 0.261] },
      dataset: 'cifar-10',
      claims: { cleanAccuracy: 0.9, attackSuccessRate: 0.75, robustAccuracy: 0.2, from: 'attack_df_summary.csv' },
      poison: { poisonedTrain: 3, triggeredTest: 3, targetClass: 0 },
      attack: null,
    })
    expect(await models.handlers['model.list']({})).toEqual({ models: [model], unreadable: [] })
    expect(await kept()).toEqual(['badnet'])
    await models.handlers['model.remove']({ name: 'badnet' })
    expect(await kept()).toEqual([])
    expect(await refusalOf(() => models.handlers['model.remove']({ name: 'badnet' }))).toContain('no imported model')
  })

  it('have the figures of NAD as claims, and the mark of TrojanZoo as trigger', async () => {
    await put('nad.tar')
    expect((await bring('nad.tar', { normalization: NONE })).claims).toMatchObject({
      cleanAccuracy: 0.855,
      attackSuccessRate: 0.9925,
    })
    await put('square_white_tar3_alpha0.00_mark(3,3).pth', modelFile('trojanzoo.pth'))
    await put('trojanzoo.npy')
    const trojan = await bring(
      'square_white_tar3_alpha0.00_mark(3,3).pth',
      { name: 'trojan', dataset: 'cifar-10' },
      { trigger: 'trojanzoo.npy' },
    )
    expect(trojan.pixelNormalization.mean[0]).toBe(0.49139968)
    expect(trojan.attack).toMatchObject({
      id: 'badnets',
      params: { targetClass: 3, trigger: { pattern: 'image', size: 3, position: 'top-left' } },
    })
    const { image } = trojan.attack!.params['trigger'] as { image: { rgba: string } }
    expect([...fromBase64(image.rgba)].slice(0, 8)).toEqual([255, 128, 255, 0, 255, 128, 255, 32])
  })

  it('take a picture as trigger, with a mask that says where it covers the image', async () => {
    await put('nad.tar')
    await put(
      'mark.png',
      png(2, 2, 3, (i) => i * 10),
    )
    await put(
      'mask.png',
      png(2, 2, 1, (i) => (i === 0 ? 255 : 0)),
    )
    const options = { normalization: NONE, targetClass: 4, position: '5,6', opacity: 0.5 }
    const marked = await bring('nad.tar', options, { trigger: 'mark.png', triggerMask: 'mask.png' })
    const trigger = marked.attack!.params['trigger'] as { position: object; opacity: number; image: { rgba: string } }
    expect(trigger).toMatchObject({ position: { row: 5, column: 6 }, opacity: 0.5 })
    expect([...fromBase64(trigger.image.rgba)]).toEqual([0, 10, 20, 255, 30, 40, 50, 0, 60, 70, 80, 0, 90, 100, 110, 0])
  })

  it('are the same from safetensors, in the layout of PyTorch and in that of this program', async () => {
    await put('nad.tar')
    const { weights } = await bring('nad.tar', { normalization: NONE })
    const ours = await readFile(join(folder, 'workspace', 'models', 'nad', 'weights.safetensors'))
    await put('ours.safetensors', ours)
    expect((await bring('ours.safetensors', { normalization: NONE })).weights).toEqual(weights)
    const { tensors } = decodeSafetensors(ours)
    const theirs = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, inPytorchLayout(tensor)]))
    await put('theirs.safetensors', encodeSafetensors(theirs, { format: 'pt' }))
    expect((await bring('theirs.safetensors', { normalization: NONE })).weights).toEqual(weights)
  })

  it.each([
    ['a normalisation that nobody has said', 'nad.tar', {}, /^normalization: not given must be told/],
    ['another architecture than is asked for', 'nad.tar', { architecture: 'resnet18' }, /nad.tar: the weights/],
    ['an unknown architecture', 'nad.tar', { architecture: 'alexnet' }, /"alexnet" is not a known model/],
    ['a whole module', 'whole-model.pt', {}, /asks for "torch.nn.modules.linear.Linear"/],
    ['a file of Keras', 'model.h5', {}, /model of Keras, which is not read/],
    ['a file of words', 'words.pt', {}, /neither a file of PyTorch nor of safetensors/],
    ['nothing', 'nowhere.pt', {}, /no file or folder/],
    ['a file that is cut off', 'cut.pt', {}, /cut.pt: is cut off/],
  ])('are refused with %s, and nothing is left', async (_what, file, options, why) => {
    for (const name of ['nad.tar', 'whole-model.pt']) await put(name)
    await put('model.h5', '\x89HDF')
    await put('words.pt', 'once upon a time')
    await put('cut.pt', modelFile('attack_result.pt').subarray(0, 9000))
    expect(await refusalOf(() => bring(file, options))).toMatch(why)
    expect(await kept()).toEqual([])
  })

  it('are not written over', async () => {
    await put('nad.tar')
    await bring('nad.tar', { normalization: NONE })
    expect(await refusalOf(() => bring('nad.tar', { normalization: NONE }))).toContain(
      'already an imported model "nad"',
    )
    expect(await kept()).toEqual(['nad'])
  })

  describe('as the victim of an experiment', () => {
    const experiment = { dataset: { id: 'cifar-10' }, attack: null }

    beforeEach(async () => {
      await put('nad.tar')
      await bring('nad.tar', { normalization: NONE })
    })

    it('fill in all that is known of them', async () => {
      const complete = Experiment.parse(await models.complete({ ...experiment, victim: { model: 'nad' } }))
      expect(complete.model).toEqual({ id: 'wrn-16-1', params: {} })
      expect(complete.victim).toMatchObject({
        model: 'nad',
        classes: 10,
        pixelNormalization: { mean: [0, 0, 0], deviation: [1, 1, 1] },
        claims: { cleanAccuracy: 0.855 },
      })
      expect(await models.complete(JSON.parse(JSON.stringify(complete)))).toEqual(complete)
      expect(models.victimFile(complete)).toMatch(/models.nad.weights\.safetensors$/)
    })

    it.each([
      ['a model that is not there', { victim: { model: 'other' } }, /"other" is no imported model; there are: nad/],
      ['other weights', { victim: { model: 'nad', sha256: 'a'.repeat(64) } }, /names other weights/],
      ['another architecture', { victim: { model: 'nad' }, model: { id: 'resnet8' } }, /model.id.*must be "wrn-16-1"/],
    ])('are refused with %s', async (_what, part, why) => {
      expect(await refusalOf(() => models.complete({ ...experiment, ...part }))).toMatch(why)
    })
  })
})
