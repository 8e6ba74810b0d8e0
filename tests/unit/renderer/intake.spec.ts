import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { recordAmong } from '../../../src-renderer/src/files/dropped.js'
import { encodePng } from '../../../src-renderer/src/files/png.js'
import { useCatalogueStore } from '../../../src-renderer/src/stores/catalogue.js'
import { useDraftStore } from '../../../src-renderer/src/stores/draft.js'
import { useIntakeStore } from '../../../src-renderer/src/stores/intake.js'
import { createFakeClient, usePiniaWith } from '../../helpers/fake-client.js'
import { createMemoryStorage } from '../../helpers/memory-storage.js'
import { catalogue, defaultRecord } from './fixtures/fixtures.js'

async function openIntake() {
  usePiniaWith(
    createFakeClient({
      'catalogue.list': () => catalogue,
      'experiment.check': ({ experiment }) => ({ experiment: planExperiment(experiment).experiment }),
    }),
  )
  await useCatalogueStore().load()
  return { intake: useIntakeStore(), draft: useDraftStore() }
}
const png = (height: number, width: number, name = 'logo.png'): File =>
  new File([encodePng({ height, width, channels: 2, values: new Uint8Array(height * width * 2).fill(200) })], name)

beforeEach(() => void vi.stubGlobal('localStorage', createMemoryStorage()))
afterEach(() => void vi.unstubAllGlobals())

describe('what is brought into the form', () => {
  it('is the record of a run, whose settings come back', async () => {
    const { intake, draft } = await openIntake()
    const record = { ...defaultRecord, experiment: { ...defaultRecord.experiment, seed: 99 } }
    await intake.take({ file: new File([JSON.stringify(record)], 'run.json') })
    expect(draft.draft?.seed).toBe(99)
    expect(intake.message).toEqual({
      isProblem: false,
      text: 'Loaded from run.json. Undo brings back what was here before.',
    })
    draft.undo()
    expect(draft.draft?.seed).toBe(1)
  })

  it('is a PNG by its content, which becomes the trigger and can be undone by itself', async () => {
    const { intake, draft } = await openIntake()
    await intake.take({ file: png(40, 20, 'no-ending') })
    expect(draft.draft?.attack?.params).toMatchObject({ trigger: { pattern: 'image', size: 8, image: { height: 40 } } })
    expect(planExperiment(draft.asExperiment()).attack?.params).toMatchObject({ trigger: { size: 8 } })
    draft.change('size', (before) => ({
      ...before,
      attack: { id: 'badnets', params: { trigger: { ...(before.attack!.params['trigger'] as object), size: 12 } } },
    }))
    await intake.take({ file: png(2, 2) })
    expect(draft.draft?.attack?.params).toMatchObject({ trigger: { size: 12, image: { height: 2, width: 2 } } })
    draft.undo()
    expect(draft.draft?.attack?.params).toMatchObject({ trigger: { image: { height: 40 } } })
  })

  it('brings an attack along where there is none', async () => {
    const { intake, draft } = await openIntake()
    draft.change('attack', (before) => ({ ...before, attack: null }))
    await intake.take({ file: png(3, 3) })
    expect(draft.draft?.attack).toMatchObject({ id: 'badnets', params: { trigger: { pattern: 'image' } } })
  })

  it('is refused in words that say what is accepted, and changes nothing', async () => {
    const { intake, draft } = await openIntake()
    const before = draft.draft
    const accepted = 'An experiment file, the run.json or the whole folder of a run, and a PNG as trigger are accepted.'
    for (const [name, content, says] of [
      ['notes.txt', 'hello', 'notes.txt: This is not JSON.'],
      ['a.json', '{"a": 1}', 'a.json: This JSON holds no experiment'],
    ] as const) {
      await intake.take({ file: new File([content], name) })
      expect(intake.message?.isProblem).toBe(true)
      expect(intake.message?.text).toContain(says)
      expect(intake.message?.text).toContain(accepted)
    }
    await intake.take({ problem: 'The folder music is no run: there is no run.json in it.' })
    expect(intake.message?.text).toBe(`The folder music is no run: there is no run.json in it. ${accepted}`)
    await intake.take({ file: new File([new Uint8Array(10_000_001)], 'film.mp4') })
    expect(intake.message?.text).toContain('at most 10000000')
    expect(draft.draft).toBe(before)
  })
})

describe('a chosen folder', () => {
  const within = (path: string) =>
    Object.assign(new File(['{}'], path.split('/').at(-1)!), { webkitRelativePath: path })

  it('gives its own record, not one further inside', () => {
    const own = within('run/run.json')
    expect(recordAmong([within('run/old/run.json'), own])).toEqual({ file: own })
    expect(recordAmong([within('pictures/a/run.json')])).toEqual({
      problem: 'The folder pictures is no run: there is no run.json in it.',
    })
  })
})
