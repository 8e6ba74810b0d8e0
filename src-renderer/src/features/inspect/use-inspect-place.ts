import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter, type RouteParams } from 'vue-router'
import { parsePlace, placeQuery, type InspectPlace } from './inspect-place.js'

/** A pause in walking after which the address follows: browsers refuse to change it at the speed of a held key. */
const FOLLOW_MS = 150

export interface InspectPlaceHandle {
  readonly place: ComputedRef<InspectPlace>
  /** The sample that is looked at; null where the address names none. */
  readonly sample: ComputedRef<number | null>
  /** Another part of the page is a place to come back from; whatever else changes is not. */
  go(change: Partial<InspectPlace>, sample?: number | null): void
}

/** Where one is in a run, which the address restores. */
export function useInspectPlace(): InspectPlaceHandle {
  const route = useRoute()
  const router = useRouter()
  const here = shallowRef({ place: parsePlace(route.query), sample: sampleOf(route.params) })
  let timer: ReturnType<typeof setTimeout> | undefined
  let written = ''

  function follow(isNew: boolean): void {
    const { place, sample } = here.value
    const params = { runId: route.params['runId'] ?? '', sample: sample === null ? '' : String(sample) }
    const address = { name: 'inspect', params, query: placeQuery(place) }
    written = router.resolve(address).fullPath
    void (isNew ? router.push(address) : router.replace(address))
  }

  onScopeDispose(() => clearTimeout(timer))
  // Back and forward, or a link to another place.
  watch(
    () => route.fullPath,
    (address) => {
      if (route.name !== 'inspect' || address === written) return
      clearTimeout(timer)
      here.value = { place: parsePlace(route.query), sample: sampleOf(route.params) }
    },
  )

  return {
    place: computed(() => here.value.place),
    sample: computed(() => here.value.sample),
    go(change, sample = here.value.sample) {
      const isOtherPart = change.part !== undefined && change.part !== here.value.place.part
      here.value = { place: { ...here.value.place, ...change }, sample }
      clearTimeout(timer)
      if (isOtherPart) follow(true)
      else timer = setTimeout(() => follow(false), FOLLOW_MS)
    },
  }
}

function sampleOf({ sample }: RouteParams): number | null {
  return typeof sample === 'string' && /^\d{1,9}$/.test(sample) ? Number(sample) : null
}
