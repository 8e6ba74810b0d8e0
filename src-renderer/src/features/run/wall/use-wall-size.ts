import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Between and around the images: frames and gaps. */
const EDGE = 8
const PADDING = 24
/** Beside the wall there are curves, unless the page is narrow. */
const SHARE = 0.68
const NARROW = 900
/** What stands under each image. */
const LABEL = 26
/** Below this many screen pixels one sees no digit. */
const SMALLEST = 56

/** How large an image of the wall may be, so that curves fit beside and the whole, on large screens, into one view. */
export function useWallSize(host: Ref<HTMLElement | null>, columns: () => number, rows: () => number): Ref<number> {
  const size = ref(SMALLEST)
  const observer = new ResizeObserver(measure)

  function measure(): void {
    const width = host.value?.clientWidth ?? 0
    if (width === 0) return
    const room = width < NARROW ? width : width * SHARE
    const byWidth = (room - PADDING) / columns() - EDGE
    const byHeight = (window.innerHeight * 0.8) / rows() - LABEL
    size.value = Math.floor(Math.min(byWidth, Math.max(byHeight, SMALLEST + EDGE)))
  }

  onMounted(() => {
    if (host.value !== null) observer.observe(host.value)
    measure()
  })
  onBeforeUnmount(() => observer.disconnect())
  return size
}
