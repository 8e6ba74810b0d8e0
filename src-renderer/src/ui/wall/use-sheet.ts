import { onBeforeUnmount, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

export interface Sheet {
  readonly image: ShallowRef<HTMLImageElement | null>
  readonly hasFailed: ShallowRef<boolean>
}

/** Loads a contact sheet; null while it is on its way, and where there is no address for it. */
export function useSheet(src: Ref<string | null>): Sheet {
  const image = shallowRef<HTMLImageElement | null>(null)
  const hasFailed = shallowRef(false)
  let latest: HTMLImageElement | null = null

  watch(
    src,
    (address) => {
      image.value = null
      hasFailed.value = false
      latest = address === null ? null : new Image()
      if (latest === null || address === null) return
      const loading = latest
      loading.addEventListener('load', () => {
        if (loading === latest) image.value = loading
      })
      loading.addEventListener('error', () => {
        if (loading === latest) hasFailed.value = true
      })
      loading.src = address
    },
    { immediate: true },
  )
  onBeforeUnmount(() => (latest = null))
  return { image, hasFailed }
}
