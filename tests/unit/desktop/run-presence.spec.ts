import { beforeEach, describe, expect, it } from 'vitest'
import { createRunPresence, type RunPresence } from '../../../src-main/desktop/run-presence.js'
import { runShare } from '../../../src-main/desktop/run-share.js'
import type { RunEvent, RunFact } from '../../../src-shared/contract/events.js'
import type { EngineInfo } from '../../../src-shared/model/engine-info.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { someRunId, someSummary } from '../../helpers/fake-electron-run.js'

const otherRunId = RunId.parse('20260131-142501-aaaaaa')
const stamped = (fact: RunFact | { type: 'run.queued' }, runId = someRunId): RunEvent => ({
  ...fact,
  runId,
  seq: 1,
  at: '2026-01-31T14:25:00.000Z',
})
const progress = (stage: number, epoch: number, step: number): RunEvent =>
  stamped({
    type: 'run.progress',
    stage,
    epoch,
    epochs: 4,
    step,
    steps: 10,
    imagesPerSecond: 1,
    remainingMs: null,
    loss: null,
  })
const engine: EngineInfo = {
  backend: 'tensorflow',
  variant: 'cpu',
  tensorflowVersion: null,
  libraryFolder: null,
  devices: [],
  threads: 1,
  reason: '',
}
const stage = { kind: 'train', title: 'Train', defense: null } as const
const planned = stamped({ type: 'run.planned', stages: [stage, stage], engine })

describe('a run on the desktop', () => {
  const told: string[] = []
  let presence: RunPresence
  beforeEach(() => {
    told.length = 0
    presence = createRunPresence({
      showProgress: (share) => told.push(share === null ? 'no bar' : `bar ${share}`),
      keepAwake() {
        told.push('awake')
        return () => told.push('asleep')
      },
      notify: (title, body) => told.push(`${title}: ${body}`),
    })
  })

  it('keeps the machine awake and shows how far it is, from the queue to the end', () => {
    presence.follow(stamped({ type: 'run.queued' }))
    expect(presence.isRunning()).toBe(true)
    presence.follow(planned)
    presence.follow(progress(0, 3, 0))
    presence.follow(stamped({ type: 'run.stage', index: 1 }))
    presence.follow(stamped({ type: 'run.finished', summary: someSummary }))
    expect(presence.isRunning()).toBe(false)
    expect(told).toEqual([
      'awake',
      'bar 0.25',
      'bar 0.5',
      'Run finished: Clean accuracy 97.0 % → 96.5 %, attack success 96.0 % → 1.0 %',
      'asleep',
      'no bar',
    ])
  })

  it('tells of a failure and keeps silent about a cancellation', () => {
    presence.follow(stamped({ type: 'run.queued' }))
    presence.follow(stamped({ type: 'run.failed', error: { code: 'engine-crashed', message: 'It stopped.' } }))
    presence.follow(stamped({ type: 'run.queued' }))
    presence.follow(stamped({ type: 'run.cancelled' }))
    expect(told).toEqual(['awake', 'Run failed: It stopped.', 'asleep', 'no bar', 'awake', 'asleep', 'no bar'])
  })

  it('goes on while another run waits', () => {
    presence.follow(stamped({ type: 'run.queued' }))
    presence.follow(stamped({ type: 'run.queued' }, otherRunId))
    presence.follow(stamped({ type: 'run.cancelled' }))
    expect(presence.isRunning()).toBe(true)
    presence.follow(stamped({ type: 'run.cancelled' }, otherRunId))
    expect(told).toEqual(['awake', 'asleep', 'no bar'])
  })

  it('speaks of what there was without a defense or an attack', () => {
    const before = { ...someSummary.before, attackSuccessRate: null }
    presence.follow(stamped({ type: 'run.finished', summary: { ...someSummary, before, defenses: [] } }))
    expect(told[0]).toBe('Run finished: Clean accuracy 97.0 %, attack success none')
  })
})

describe('runShare', () => {
  it('grows with the steps and stays within 0 and 1', () => {
    const shares = [0, 1].flatMap((at) =>
      [1, 2, 3, 4].flatMap((epoch) => [0, 5, 10].map((step) => runShare(progress(at, epoch, step), 2) ?? -1)),
    )
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect([shares[0], shares.at(-1)]).toEqual([0, 1])
    expect(runShare(progress(9, 9, 9), 2)).toBe(1)
  })

  it('knows nothing before the plan, nor from events that do not tell', () => {
    expect(runShare(progress(0, 1, 1), 0)).toBeNull()
    expect(runShare(stamped({ type: 'run.queued' }), 2)).toBeNull()
  })

  it('takes a stage without steps for not begun', () => {
    const empty = stamped({
      type: 'run.progress',
      stage: 1,
      epoch: 0,
      epochs: 0,
      step: 0,
      steps: 0,
      imagesPerSecond: 0,
      remainingMs: null,
      loss: null,
    })
    expect(runShare(empty, 2)).toBe(0.5)
  })
})
