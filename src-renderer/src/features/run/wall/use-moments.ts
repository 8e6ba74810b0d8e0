import { computed, onBeforeUnmount, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { countTurned, type WallFrame } from '../../../ui/wall/answers.js'
import { frameIndexAt, holdMs, momentText, parseMoment, type Moment } from './moments.js'

/** Before the first step: time to see where it all begins. */
const HOLD_FIRST_MS = 700
/** The browser allows few changes of the address: it is written when the hand comes to rest. */
const ADDRESS_AFTER_MS = 300

export const SPEEDS = [0.5, 1, 2, 4] as const

export interface Moments {
  /** Of the frame that is shown; -1 while there is none. */
  readonly index: ComputedRef<number>
  /** Whether the newest frame is shown, whichever that will be. */
  readonly isAtNewest: ComputedRef<boolean>
  readonly isPlaying: Ref<boolean>
  readonly speed: Ref<number>
  show(index: number): void
  showNewest(): void
  togglePlay(): void
}

/** Which moment is looked at: by hand, by playing, or the newest. The address remembers it. */
export function useMoments(frames: ComputedRef<readonly WallFrame[]>): Moments {
  const route = useRoute()
  const router = useRouter()
  const chosen = shallowRef<Moment | null>(parseMoment(route.query['moment']))
  const isPlaying = ref(false)
  const speed = ref(1)
  const index = computed(() => frameIndexAt(frames.value, chosen.value))

  let request: number | null = null
  let lastStepMs = 0
  let addressTimer: ReturnType<typeof setTimeout> | undefined

  function show(to: number): void {
    const frame = frames.value[to]
    const isNewest = frame === undefined || to >= frames.value.length - 1
    chosen.value = isNewest ? null : { epoch: frame.epoch, step: frame.step }
    clearTimeout(addressTimer)
    addressTimer = setTimeout(writeAddress, ADDRESS_AFTER_MS)
  }

  function writeAddress(): void {
    const { moment: _old, ...query } = route.query
    const text = chosen.value === null ? null : momentText(chosen.value)
    if (text !== (_old ?? null)) void router.replace({ query: text === null ? query : { ...query, moment: text } })
  }

  // Somebody went back or forward, or followed a link to another moment.
  watch(
    () => route.query['moment'],
    (text) => {
      const asked = parseMoment(text)
      const isOurs = chosen.value === null ? asked === null : asked !== null && text === momentText(chosen.value)
      if (!isOurs) {
        stop()
        chosen.value = asked
      }
    },
  )

  function stop(): void {
    isPlaying.value = false
    if (request !== null) cancelAnimationFrame(request)
    request = null
  }

  function holdOf(at: number): number {
    const [before, now] = [frames.value[at - 1], frames.value[at]]
    return before === undefined || now === undefined ? HOLD_FIRST_MS : holdMs(countTurned(before, now))
  }

  function play(nowMs: number): void {
    request = requestAnimationFrame(play)
    if (nowMs - lastStepMs < holdOf(index.value) / speed.value) return
    lastStepMs = nowMs
    if (index.value >= frames.value.length - 1) stop()
    else show(index.value + 1)
  }

  onBeforeUnmount(() => {
    stop()
    clearTimeout(addressTimer)
  })

  return {
    index,
    isAtNewest: computed(() => index.value === frames.value.length - 1),
    isPlaying,
    speed,
    show(to) {
      stop()
      show(to)
    },
    showNewest() {
      stop()
      show(frames.value.length - 1)
    },
    togglePlay() {
      if (isPlaying.value) {
        stop()
        return
      }
      if (index.value >= frames.value.length - 1) show(0)
      isPlaying.value = true
      lastStepMs = performance.now()
      request = requestAnimationFrame(play)
    },
  }
}
