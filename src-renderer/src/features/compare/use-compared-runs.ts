import { computed, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { RunId } from '../../../../src-shared/model/ids.js'
import { MAX_COMPARED } from '../../stores/compared-runs.js'
import { useRunStreamsStore, type RunStream } from '../../stores/run-streams.js'
import { runLooks } from '../../../../src-shared/chart/run-looks.js'
import type { ComparedRun } from '../../../../src-shared/comparison/compared.js'

/** Which runs are compared, and how: all of it is in the address, so going back leads to what was seen before. */
export function useComparedRuns() {
  const route = useRoute()
  const router = useRouter()
  const streams = useRunStreamsStore()

  // A text, so that nothing is read again when something else in the address changes.
  const asked = computed(() => text(route.query['runs']))
  const named = computed(() => [...new Set(asked.value.split(',').filter(Boolean))])
  const all = computed(() => named.value.flatMap((name) => RunId.safeParse(name).data ?? []))
  const runIds = computed(() => all.value.slice(0, MAX_COMPARED))
  const looks = computed(() => runLooks(runIds.value))
  // Outside of what is computed, because following a run that could not be read tries it again.
  const followed = shallowRef<readonly RunStream[]>([])
  watch(
    runIds,
    (ids) => {
      followed.value = ids.map((runId) => streams.follow(runId))
    },
    { immediate: true },
  )
  const runs = computed(() =>
    followed.value.flatMap(({ runId, state, error }): ComparedRun[] => {
      const look = looks.value.get(runId)
      return look === undefined ? [] : [{ runId, look, state: state.value, error: error.value }]
    }),
  )

  function set(change: LocationQueryRaw): void {
    void router.replace({ query: { ...route.query, ...change } })
  }

  return {
    runs,
    /** Names in the address that cannot be those of runs. */
    misnamed: computed(() => named.value.filter((name) => !RunId.safeParse(name).success)),
    leftOut: computed(() => all.value.length - runIds.value.length),
    baseline: computed(
      () => runIds.value.find((runId) => runId === route.query['baseline']) ?? runIds.value[0] ?? null,
    ),
    option: (name: string) => computed(() => text(route.query[name])),
    set,
    /** Puts it into the history: it is another comparison. */
    choose(next: readonly RunId[]): void {
      const query = { ...route.query, runs: next.length === 0 ? undefined : next.join(',') }
      void router.push({ query })
    },
    retry: (runId: RunId) => streams.retry(runId),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
