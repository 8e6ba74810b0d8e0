import { defineStore } from 'pinia'
import { computed } from 'vue'
import { isTerminal } from '../../../src-shared/contract/index.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { JsonValue } from '../../../src-shared/model/json.js'
import type { AnnotationsChange, RunAnnotations } from '../../../src-shared/model/run-annotations.js'
import { useLoaded } from './loaded.js'
import { useAppClient } from './app-client.js'

/** The runs of the workspace, newest first, kept up to date by events. */
export const useRunsStore = defineStore('runs', () => {
  const client = useAppClient()
  const { value, error, isLoading, load } = useLoaded(() => client.call('run.list', {}))

  client.onEvent((event) => {
    if (event.type === 'run.annotated') {
      apply(event.runId, event.annotations)
      // A list that is on its way may have been made before.
      if (isLoading.value) void load()
      return
    }
    if (event.type === 'run.queued' || event.type === 'run.planned' || isTerminal(event)) void load()
  })

  function apply(runId: RunId, annotations: RunAnnotations): void {
    if (value.value === null) return
    const runs = value.value.runs.map((run) => (run.runId === runId ? { ...run, annotations } : run))
    value.value = { ...value.value, runs }
  }

  let hasBeenOpen = false
  client.onState(({ kind }) => {
    if (kind !== 'open') return
    // What happened while the connection was gone was not heard of.
    if (hasBeenOpen) void load()
    hasBeenOpen = true
  })

  const runs = computed(() => value.value?.runs ?? [])
  return {
    list: value,
    runs,
    unreadable: computed(() => value.value?.unreadable ?? []),
    newer: computed(() => value.value?.newer ?? []),
    error,
    isLoading,
    load,
    running: computed(() => runs.value.find(({ status }) => status === 'running') ?? null),
    queued: computed(() => runs.value.filter(({ status }) => status === 'queued')),
    async start(experiment: JsonValue): Promise<RunId> {
      return (await client.call('run.start', { experiment })).runId
    },
    /** Throws the first refusal, after all have been tried. */
    async annotate(runIds: readonly RunId[], change: AnnotationsChange): Promise<void> {
      const answers = await Promise.allSettled(
        runIds.map(async (runId) => {
          apply(runId, (await client.call('run.annotate', { runId, change })).annotations)
        }),
      )
      const refused = answers.find((answer) => answer.status === 'rejected')
      if (refused !== undefined) throw refused.reason
    },
    async cancel(runId: RunId): Promise<void> {
      await client.call('run.cancel', { runId })
    },
    async pause(runId: RunId): Promise<void> {
      await client.call('run.pause', { runId })
    },
    async resume(runId: RunId): Promise<void> {
      await client.call('run.resume', { runId })
    },
    /** One after the other, so that they run in this order. Throws the first refusal, after all have been tried. */
    async resumeAll(runIds: readonly RunId[]): Promise<void> {
      const refused: unknown[] = []
      for (const runId of runIds) {
        await client.call('run.resume', { runId }).catch((error: unknown) => refused.push(error))
      }
      if (refused.length > 0) throw refused[0]
    },
    /** Ends what is under way after its present epoch; the run goes on to evaluate and keep what there is. */
    async stop(runId: RunId): Promise<void> {
      await client.call('run.stop', { runId })
    },
  }
})
