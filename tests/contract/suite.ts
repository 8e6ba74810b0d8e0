import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src-shared/contract/errors.js'
import type { Commands } from '../../src-shared/contract/commands.js'
import { isRunEvent, type AppEvent, type RunEvent } from '../../src-shared/contract/events.js'
import { RunId } from '../../src-shared/model/ids.js'
import { noAnnotations } from '../../src-shared/model/run-annotations.js'
import type { Client } from '../../src-shared/rpc/client.js'

export interface ContractEnds {
  readonly client: Client<Commands, AppEvent>
  emit(event: AppEvent): void
  close(): Promise<void>
}

export const someRunId = RunId.parse('20260131-142500-k3x9ab')

export function someEvent(seq: number): RunEvent {
  return { type: 'run.note', level: 'info', text: `note ${seq}`, runId: someRunId, seq, at: '2026-01-31T14:25:00.000Z' }
}

async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return error as AppError
  }
  throw new Error('It should have been refused')
}

/** What every wire owes the contract. The other end serves `fakeHandlers` of tests/helpers/fake-app.ts. */
export function describeContract(name: string, open: () => Promise<ContractEnds>): void {
  describe(`the contract over ${name}`, () => {
    let ends: ContractEnds
    beforeEach(async () => {
      ends = await open()
    })
    afterEach(() => ends.close())

    it('answers a call with a parsed output', async () => {
      expect(await ends.client.call('run.list', {})).toMatchObject({ runs: [], unreadable: ['notes'] })
    })

    it('keeps calls that overlap apart', async () => {
      const [list, check] = await Promise.all([
        ends.client.call('run.list', {}),
        errorOf(ends.client.call('run.start', { experiment: {} })),
      ])
      expect(list.unreadable).toEqual(['notes'])
      expect(check.code).toBe('invalid-input')
    })

    it('refuses a wrong input with the path of each wrong field, before any handler runs', async () => {
      const error = await errorOf(ends.client.call('run.cancel', { runId: 'nonsense' as typeof someRunId }))
      expect(error.code).toBe('invalid-input')
      expect(error.fields).toEqual([
        { path: 'runId', value: '"nonsense"', message: 'must look like 20260131-142500-k3x9ab' },
      ])
    })

    it('carries an application error whole: code, message, fields, hint', async () => {
      const error = await errorOf(ends.client.call('run.snapshot', { runId: someRunId }))
      expect(error.toWire()).toEqual({ code: 'not-found', message: 'There is no such run.', hint: 'Look elsewhere.' })
    })

    it('turns any other throw into an internal error with the id of its log entry', async () => {
      const error = await errorOf(ends.client.call('run.cancel', { runId: someRunId }))
      expect(error.code).toBe('internal')
      expect(error.hint).toContain('logged-1')
    })

    it('refuses a command that does not exist', async () => {
      const call = ends.client.call as (name: string, input: unknown) => Promise<unknown>
      const error = await errorOf(call('run.explode', {}))
      expect(error.code).toBe('unsupported')
    })

    it('delivers events in order, to everyone who listens and to nobody who has left', async () => {
      const seen: number[] = []
      const left: number[] = []
      const note = (into: number[]) => (event: AppEvent) => void (isRunEvent(event) && into.push(event.seq))
      ends.client.onEvent(note(seen))
      const leave = ends.client.onEvent(note(left))
      // An answer proves that the hello has arrived, hence the subscription.
      await ends.client.call('run.list', {})
      leave()
      for (let seq = 1; seq <= 50; seq++) ends.emit(someEvent(seq))
      await expect.poll(() => seen.length).toBe(50)
      expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
      expect(left).toEqual([])
    })

    it('tells of what people said about a run, which has no place in its sequence', async () => {
      const heard = new Promise<AppEvent>((resolve) => ends.client.onEvent(resolve))
      await ends.client.call('run.list', {})
      const annotations = { ...noAnnotations, tags: ['mnist'], isStarred: true }
      ends.emit({ type: 'run.annotated', runId: someRunId, annotations })
      expect(await heard).toEqual({ type: 'run.annotated', runId: someRunId, annotations })
    })

    it('refuses tags that are none, naming each', async () => {
      const change = { addTags: ['fine', 'two words', 'x'.repeat(33)], note: 'n'.repeat(4001) }
      const error = await errorOf(ends.client.call('run.annotate', { runId: someRunId, change }))
      expect(error.code).toBe('invalid-input')
      expect(error.fields?.map(({ path }) => path)).toEqual(['change.addTags.1', 'change.addTags.2', 'change.note'])
      expect(error.fields?.[0]?.message).toContain('must be one word')
      const unknown = await errorOf(
        ends.client.call('run.annotate', { runId: someRunId, change: { colour: 'red' } as object }),
      )
      expect(unknown.fields).toEqual([{ path: 'change.colour', value: '"red"', message: 'is not a known field' }])
    })

    it('fails what is under way and whatever comes later once the wire is gone', async () => {
      const pending = errorOf(ends.client.call('system.report', {}))
      const closed = new Promise<string>((resolve) => ends.client.onClose(resolve))
      ends.client.close()
      await closed
      expect((await pending).message).toContain('closed')
      expect((await errorOf(ends.client.call('run.list', {}))).message).toContain('closed')
    })
  })
}
