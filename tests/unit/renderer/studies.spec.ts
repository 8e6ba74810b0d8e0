import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import type { z } from 'zod'
import { planStudy } from '../../../src-main/lab/studies/plan-study.js'
import { emptyChoices, planProblems } from '../../../src-renderer/src/features/studies/plan-problems.js'
import { cellViews, studyMatrix } from '../../../src-renderer/src/features/studies/study-cells.js'
import { toggled } from '../../../src-renderer/src/features/studies/toggled.js'
import { usePlan } from '../../../src-renderer/src/features/studies/use-plan.js'
import { useStudy } from '../../../src-renderer/src/features/studies/use-study.js'
import { partOf, useStudyDraftStore } from '../../../src-renderer/src/stores/study-draft.js'
import { useRunsStore } from '../../../src-renderer/src/stores/runs.js'
import { expectedCells, wholeTime } from '../../../src-renderer/src/stores/study-time.js'
import { AppError } from '../../../src-shared/contract/index.js'
import { RunId } from '../../../src-shared/model/ids.js'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import { StudyRequest, type PlannedStudy } from '../../../src-shared/model/study.js'
import { createFakeClient, usePiniaWith } from '../../helpers/fake-client.js'
import { memoryReader } from '../../helpers/memory-host.js'
import { defaultListing } from './fixtures/fixtures.js'

const planOf = (request: Partial<z.input<typeof StudyRequest>> = {}) =>
  planStudy(StudyRequest.parse({ study: 'paper', scale: 'tiny', ...request }), memoryReader)
const idOf = (number: number): RunId => RunId.parse(`20260101-000000-00000${number}`)
const runOf = (number: number, part: Partial<RunListing> = {}): RunListing => ({
  ...defaultListing,
  runId: idOf(number),
  ...part,
})
const took = (total: number) => ({ summary: { ...defaultListing.summary!, seconds: { total } } })
const settle = () => vi.advanceTimersByTimeAsync(300)

/** Two datasets, one attack, two seeds: eight cells. */
const part = { datasets: ['mnist-10k', 'cifar-10'], attacks: ['badnets'], defenses: ['nad', 'mesa'], seeds: 2 }
const plan = planOf(part)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('what is wrong with a study', () => {
  it('is said at the choice that it concerns', () => {
    const field = (path: string) => ({ path, value: '9', message: 'must be at most 8' })
    const problems = planProblems(
      [
        field('seeds'),
        field('(root)'),
        field('defenses.1'),
        field('cifar-10, badnets: attack.params.size'),
        field('mnist-10k: defenses.0.params.epochs'),
        field('image-folder:birds: dataset.params.name'),
        field('image-folder:birds: model.id'),
      ],
      part,
    )
    expect(problems.seeds).toEqual(['9 must be at most 8.'])
    expect(problems.other).toEqual(['9 must be at most 8.'])
    expect([...problems.attacks]).toEqual([['badnets', ['On cifar-10, attack.params.size is 9: must be at most 8.']]])
    expect([...problems.defenses.keys()]).toEqual(['mesa', 'nad'])
    expect(problems.datasets.get('image-folder:birds')).toHaveLength(2)
  })

  it('is found in what the laboratory says of a study that it cannot plan', () => {
    const asked = { ...part, datasets: ['mnist-10k', 'nothing'], attacks: ['badnets', 'nonesuch'] }
    let thrown: unknown
    try {
      planOf(asked)
    } catch (error) {
      thrown = error
    }
    const problems = planProblems((thrown as AppError).fields ?? [], asked)
    expect([...problems.datasets.keys()]).toEqual(['nothing'])
    expect([...problems.attacks.keys()]).toEqual(['nonesuch'])
    expect(problems.other).toEqual([])
  })

  it('needs no plan where nothing is chosen', () => {
    expect(emptyChoices(part)).toEqual([])
    expect(emptyChoices({ datasets: [], attacks: [], defenses: [], seeds: Number.NaN })).toHaveLength(4)
  })

  it('keeps what is chosen in the order in which it is offered, and what is offered no longer', () => {
    expect(toggled(['c', 'gone'], 'a', ['a', 'b', 'c'])).toEqual(['a', 'c', 'gone'])
    expect(toggled(['a', 'c'], 'a', ['a', 'b', 'c'])).toEqual(['c'])
  })
})

describe('the cells of a study', () => {
  const runs = plan.cells.map((_, index) => (index < 5 ? runOf(index) : null))
  runs[1] = runOf(1, { status: 'running' })
  runs[2] = runOf(2, { status: 'queued' })
  runs[3] = runOf(3, { status: 'failed' })
  const study: PlannedStudy = { plan, runs }

  it('stand as datasets by attacks, the clean model first, with what became of each', () => {
    const { attacks, rows } = studyMatrix(cellViews(study, new Map([[idOf(4), runOf(4, { status: 'cancelled' })]])))
    expect(attacks).toEqual([null, 'badnets'])
    expect(rows.map(({ dataset, columns }) => [dataset, columns.map((of) => of.map(({ status }) => status))])).toEqual([
      [
        'mnist-10k',
        [
          ['done', 'running'],
          ['queued', 'failed'],
        ],
      ],
      [
        'cifar-10',
        [
          ['cancelled', 'missing'],
          ['missing', 'missing'],
        ],
      ],
    ])
  })

  it('take as long as like ones took', () => {
    const times = [runOf(0, took(10)), runOf(1, took(20)), runOf(2, took(100)), null, null, null, null, null]
    // Of the same attack; where there is none, of the same dataset; then of all.
    expect(expectedCells({ plan, runs: times }).map((ms) => Math.round(ms ?? 0))).toEqual([
      15_000, 15_000, 100_000, 100_000, 43_333, 43_333, 43_333, 43_333,
    ])
    expect(expectedCells({ plan, runs: plan.cells.map(() => null) })[0]).toBeNull()
    expect([wholeTime([1, 2]), wholeTime([1, null]), wholeTime([])]).toEqual([3, null, 0])
  })
})

describe('a study that is looked at', () => {
  it('follows the list of runs, and is read anew only when there is a run that was not there before', async () => {
    let listed = [runOf(0, { status: 'running' })]
    const small = planOf({ attacks: ['badnets'], defenses: ['nad'] })
    const client = createFakeClient({
      'run.list': () => ({ runs: listed, total: listed.length, unreadable: [], newer: [] }),
      'study.show': () => ({
        plan: small,
        folder: '/studies/paper-tiny',
        runs: [listed.find(({ runId }) => runId === idOf(0)) ?? null, listed[1] ?? null],
      }),
      'study.resume': () => {
        throw new AppError({ code: 'data-missing', message: 'The images are not there.' })
      },
    })
    usePiniaWith(client)
    const runs = useRunsStore()
    await runs.load()
    const scope = effectScope()
    const study = scope.run(() => useStudy(client, 'paper-tiny'))!
    await settle()
    expect(study.counts.value).toMatchObject({ running: 1, missing: 1 })
    const shown = () => client.calls.filter((name) => name === 'study.show').length

    listed = [runOf(0)]
    await runs.load()
    await settle()
    expect(study.counts.value).toMatchObject({ done: 1, running: 0 })
    expect(shown()).toBe(1)

    listed = [runOf(0), runOf(1, { status: 'queued' })]
    await runs.load()
    await settle()
    expect(study.counts.value).toMatchObject({ done: 1, queued: 1, missing: 0 })
    expect(shown()).toBe(2)

    await study.resume()
    expect(study.refusal.value?.error.message).toBe('The images are not there.')
    expect(study.asked.value).toBeNull()
    scope.stop()
  })
})

describe('a study that is planned', () => {
  const answers = {
    'study.plan': (request: z.input<typeof StudyRequest>) => ({ plan: planOf(request), runs: [] }),
  }

  it('is what the scale says, but for what was chosen, and goes back to it', async () => {
    const client = createFakeClient(answers)
    usePiniaWith(client)
    const draft = useStudyDraftStore()
    expect(draft.part).toBeNull()
    await draft.load()
    expect(draft.part).toEqual(partOf(planOf()))
    draft.choose({ attacks: ['imc'] })
    draft.choose({ scale: 'small' })
    expect(draft.request).toEqual({ study: 'paper', scale: 'small', attacks: ['imc'] })
    expect(draft.part).toEqual({ ...partOf(planOf({ scale: 'small' })), attacks: ['imc'] })
    draft.asTheScaleSays()
    expect(draft.request).toEqual({ study: 'paper', scale: 'small' })
  })

  it('is asked for once the choices have been quiet, and keeps the last good plan beside what is wrong', async () => {
    const client = createFakeClient(answers)
    const request = shallowRef<StudyRequest | null>({ study: 'paper', scale: 'tiny' })
    const scope = effectScope()
    const { planned, error, isAsking } = scope.run(() =>
      usePlan(
        client,
        () => request.value,
        () => null,
      ),
    )!
    for (const seeds of [2, 3, 4]) request.value = { study: 'paper', scale: 'tiny', seeds }
    expect(isAsking.value).toBe(true)
    await settle()
    expect(client.calls).toEqual(['study.plan'])
    expect(planned.value?.plan.cells).toHaveLength(16)

    request.value = { study: 'paper', scale: 'tiny', attacks: ['nonesuch'] }
    await settle()
    expect(error.value?.fields).toHaveLength(1)
    expect(planned.value?.plan.cells).toHaveLength(16)
    request.value = null
    await settle()
    expect(client.calls).toHaveLength(2)
    expect(isAsking.value).toBe(false)
    scope.stop()
  })
})
