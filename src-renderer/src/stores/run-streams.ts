import { defineStore } from 'pinia'
import { shallowReactive, shallowRef, type ShallowRef } from 'vue'
import { isRunEvent, isTerminal, type RunEvent, type WireError } from '../../../src-shared/contract/index.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import { createBatches } from './event-batches.js'
import { applyEvent, isOver, runState, type RunState } from '../../../src-shared/runs/run-state.js'
import { toWireError } from './wire-error.js'
import { useAppClient } from './app-client.js'

export interface RunStream {
  readonly runId: RunId
  readonly state: ShallowRef<RunState | null>
  /** Folder of the run on the machine that computes. */
  readonly folder: ShallowRef<string>
  readonly error: ShallowRef<WireError | null>
}

interface Following extends RunStream {
  /** Events that came while the snapshot was under way. */
  early: RunEvent[] | null
  /** Takes one event, to be applied soon. */
  readonly hear: (event: RunEvent) => void
}

/**
 * Follows runs: a snapshot first, then the events that come after it. After a lost connection the snapshot is taken
 * anew, so nothing is missed and nothing counts twice.
 */
export const useRunStreamsStore = defineStore('run-streams', () => {
  const client = useAppClient()
  const streams = shallowReactive(new Map<string, Following>())

  client.onEvent((event) => {
    if (!isRunEvent(event)) return
    const stream = streams.get(event.runId)
    if (stream === undefined) return
    if (stream.early !== null) stream.early.push(event)
    else stream.hear(event)
  })

  client.onState(({ kind }) => {
    if (kind !== 'open') return
    for (const stream of streams.values()) {
      const state = stream.state.value
      if (state === null || !isOver(state.record)) void take(stream)
    }
  })

  /** What was in a snapshot already changes nothing, so a batch may come before or after one. */
  function apply(stream: Following, batch: readonly RunEvent[]): void {
    if (stream.state.value !== null) stream.state.value = batch.reduce(applyEvent, stream.state.value)
  }

  async function take(stream: Following): Promise<void> {
    stream.early ??= []
    try {
      const snapshot = await client.call('run.snapshot', { runId: stream.runId })
      const whole = runState(snapshot.record, snapshot.events)
      stream.state.value = (stream.early ?? []).reduce(applyEvent, whole)
      stream.folder.value = snapshot.folder
      stream.error.value = null
    } catch (thrown) {
      stream.error.value = toWireError(thrown)
    } finally {
      stream.early = null
    }
  }

  return {
    /** The stream of a run, which begins with the first call. */
    follow(runId: RunId): RunStream {
      const known = streams.get(runId)
      if (known !== undefined) {
        if (known.error.value !== null) void take(known)
        return known
      }
      const stream: Following = {
        runId,
        state: shallowRef(null),
        folder: shallowRef(''),
        error: shallowRef(null),
        early: [],
        hear: createBatches<RunEvent>((batch) => apply(stream, batch), isTerminal),
      }
      streams.set(runId, stream)
      void take(stream)
      return stream
    },
    retry(runId: RunId): void {
      const stream = streams.get(runId)
      if (stream !== undefined) void take(stream)
    },
  }
})
