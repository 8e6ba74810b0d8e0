import { computed, inject, onScopeDispose, shallowRef, watch, type InjectionKey, type ShallowRef } from 'vue'
import type { WireError } from '../../../../../src-shared/contract/index.js'
import type { JsonObject } from '../../../../../src-shared/model/json.js'
import type { TriggerPreview } from '../../../../../src-shared/model/trigger-preview.js'
import type { AppClient } from '../../../client/create-app-client.js'
import { toWireError } from '../../../stores/wire-error.js'
import { imagesOf, type Pixels } from '../../../ui/pixels/pixels.js'

export const PAGE = 16
/** After the check of the form (250 ms): it is quicker, and must not wait in the engine for images to be drawn. */
const ASK_AFTER_MS = 300

export interface ShownPreview extends Omit<TriggerPreview, 'clean' | 'poisoned' | 'trigger'> {
  readonly offset: number
  readonly clean: readonly Pixels[]
  readonly poisoned: readonly Pixels[]
  readonly trigger: Pixels
}

export interface LivePreview {
  /** The latest that was drawn; older than the form while `isLoading`, or while there is an error. */
  readonly shown: Readonly<ShallowRef<ShownPreview | null>>
  readonly error: Readonly<ShallowRef<WireError | null>>
  readonly isLoading: Readonly<ShallowRef<boolean>>
  /** Which poisoned image comes first. */
  readonly offset: Readonly<ShallowRef<number>>
  page(direction: 1 | -1): void
  retry(): void
}

/**
 * The images that a run of the experiment would poison, asked for once the form has been quiet for a moment. Answers to
 * older questions are dropped. Null means that nothing is poisoned and nothing is asked.
 */
export function useTriggerPreview(client: AppClient, experiment: () => JsonObject | null): LivePreview {
  const shown = shallowRef<ShownPreview | null>(null)
  const error = shallowRef<WireError | null>(null)
  const isLoading = shallowRef(false)
  const offset = shallowRef(0)
  // Only these are looked at; a change elsewhere in the form must not ask again.
  const asked = computed(() => {
    const present = experiment()
    if (present === null) return null
    const { dataset, attack, seed } = present
    return JSON.stringify({ dataset, attack, seed })
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  watch([asked, offset], schedule, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    latest += 1
  })

  function schedule(): void {
    clearTimeout(timer)
    latest += 1
    isLoading.value = asked.value !== null
    if (asked.value !== null) timer = setTimeout(() => void ask(), ASK_AFTER_MS)
    else error.value = shown.value = null
  }

  async function ask(): Promise<void> {
    const mine = latest
    const from = offset.value
    try {
      const experimentNow = JSON.parse(asked.value ?? 'null') as JsonObject
      const preview = await client.call('trigger.preview', { experiment: experimentNow, offset: from, count: PAGE })
      if (mine !== latest) return
      error.value = null
      isLoading.value = false
      if (preview.samples.length === 0 && from > 0) {
        // Fewer are poisoned than before: the page is beyond the end.
        offset.value = lastPage(preview.poisonedImages)
        return
      }
      const { clean, poisoned, trigger } = preview
      const [picture] = imagesOf(trigger)
      if (picture === undefined) return
      shown.value = {
        ...preview,
        offset: from,
        clean: imagesOf(clean),
        poisoned: imagesOf(poisoned),
        trigger: picture,
      }
    } catch (thrown) {
      if (mine !== latest) return
      error.value = toWireError(thrown)
      isLoading.value = false
    }
  }

  return {
    shown,
    error,
    isLoading,
    offset,
    page(direction) {
      const last = lastPage(shown.value?.poisonedImages ?? 0)
      offset.value = Math.min(last, Math.max(0, offset.value + direction * PAGE))
    },
    retry: schedule,
  }
}

function lastPage(images: number): number {
  return Math.max(0, Math.floor((images - 1) / PAGE) * PAGE)
}

export const livePreviewKey: InjectionKey<LivePreview> = Symbol('preview of the poison')

export function useLivePreview(): LivePreview {
  const preview = inject(livePreviewKey)
  if (preview === undefined) throw new Error('No preview was provided to the form')
  return preview
}
