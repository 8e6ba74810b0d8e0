import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { useCatalogueStore } from '../../../src-renderer/src/stores/catalogue.js'
import { useDraftStore } from '../../../src-renderer/src/stores/draft.js'
import { draftOf, experimentIn } from '../../../src-renderer/src/stores/draft-model.js'
import { AppError } from '../../../src-shared/contract/index.js'
import { createFakeClient, usePiniaWith, type FakeAnswers } from '../../helpers/fake-client.js'
import { createMemoryStorage } from '../../helpers/memory-storage.js'
import { catalogue, defaultRecord } from './fixtures/fixtures.js'

async function openDraft(answers: FakeAnswers = {}) {
  const client = createFakeClient({
    'catalogue.list': () => catalogue,
    'experiment.check': ({ experiment }) => ({ experiment: planExperiment(experiment).experiment }),
    ...answers,
  })
  usePiniaWith(client)
  const draft = useDraftStore()
  await useCatalogueStore().load()
  return { client, draft }
}

beforeEach(() => {
  vi.stubGlobal('localStorage', createMemoryStorage())
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('draftOf', () => {
  it('is sparse, and means the same experiment', () => {
    const draft = draftOf(JSON.parse(JSON.stringify(defaultRecord.experiment)), catalogue.plugins)
    expect(draft).toMatchObject({ attack: { id: 'badnets', params: {} }, training: {}, defender: {} })
    expect(planExperiment(draft).experiment).toEqual(planExperiment(defaultRecord.experiment).experiment)
  })

  it('keeps what differs from a preset', () => {
    const complete = planExperiment({
      dataset: { id: 'mnist-10k' },
      model: { id: 'small-cnn' },
      attack: null,
      defenses: [{ id: 'baeraser', preset: 'baeraser-seed', params: { unlearning: { ascentBound: 5 } } }],
    }).experiment
    const draft = draftOf(JSON.parse(JSON.stringify(complete)), catalogue.plugins)
    expect(draft.defenses[0]!.params).toEqual({ unlearning: { ascentBound: 5 } })
    expect(planExperiment(draft).experiment).toEqual(complete)
  })
})

describe('experimentIn', () => {
  it('reads an experiment or the record of a run', () => {
    expect(experimentIn('{"dataset":{"id":"mnist-10k"}}')).toEqual({ dataset: { id: 'mnist-10k' } })
    expect(experimentIn(JSON.stringify(defaultRecord))['name']).toBe(defaultRecord.experiment.name)
  })

  it('says what else it was given', () => {
    expect(() => experimentIn('hello')).toThrow('This is not JSON')
    expect(() => experimentIn('{"a":1}')).toThrow('holds no experiment')
  })
})

describe('the draft', () => {
  it('starts with the first ready experiment', async () => {
    const { draft } = await openDraft()
    expect(draft.draft?.name).toBe(catalogue.experiments[0]!.experiment['name'])
  })

  it('undoes and redoes at least fifty steps', async () => {
    const { draft } = await openDraft()
    for (let i = 1; i <= 60; i++) draft.change(`seed ${i}`, (before) => ({ ...before, seed: 100 + i }))
    for (let i = 0; i < 60; i++) draft.undo()
    expect(draft.draft?.seed).toBe(1)
    expect(draft.canUndo).toBe(false)
    for (let i = 0; i < 60; i++) draft.redo()
    expect(draft.draft?.seed).toBe(160)
  })

  it('takes quick typing in one field back as a whole', async () => {
    const { draft } = await openDraft()
    const before = draft.draft?.name
    for (const name of ['T', 'Tr', 'Tri']) draft.change('name', (old) => ({ ...old, name }))
    draft.undo()
    expect(draft.draft?.name).toBe(before)
  })

  it('survives a reload', async () => {
    const first = await openDraft()
    first.draft.change('name', (old) => ({ ...old, name: 'Kept' }))
    await vi.runAllTimersAsync()
    const second = await openDraft()
    expect(second.draft.draft?.name).toBe('Kept')
  })

  it('is not taken from a version that it cannot read', async () => {
    localStorage.setItem('unbackdoor.draft', '{"version":1,"draft":{"name":3}}')
    const { draft } = await openDraft()
    expect(draft.draft?.name).toBe(catalogue.experiments[0]!.experiment['name'])
  })

  it('is checked once after a pause, with the path of what is wrong', async () => {
    const { client, draft } = await openDraft()
    await vi.runAllTimersAsync()
    const checks = client.calls.filter((name) => name === 'experiment.check').length
    for (const rate of ['1', '1.', 1.4]) {
      draft.change('rate', (old) => ({ ...old, attack: { id: 'badnets', params: { poisonRate: rate } } }))
    }
    await vi.runAllTimersAsync()
    expect(client.calls.filter((name) => name === 'experiment.check')).toHaveLength(checks + 1)
    expect(draft.checkError?.fields?.[0]).toMatchObject({ path: 'attack.params.poisonRate', value: '1.4' })
    draft.undo()
    await vi.runAllTimersAsync()
    expect(draft.checkError).toBeNull()
    expect(draft.checked).not.toBeNull()
  })

  it('stays where it is when the run is refused', async () => {
    const { draft } = await openDraft({
      'run.start': () => {
        throw new AppError({ code: 'storage', message: 'The disk is full.' })
      },
    })
    expect(await draft.launch()).toBeNull()
    expect(draft.checkError).toMatchObject({ code: 'storage', message: 'The disk is full.' })
  })
})
