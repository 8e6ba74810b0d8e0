import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { zoomFor } from '../../../ui/pixels/pixels.js'

const LARGEST_ZOOM = 12
/** Beside an image in its cell: the most probable classes, and the edges. */
const BESIDE = 132
/** Above and below it: the title and the figures. */
const AROUND = 58
/** Of the window above and below all cells. */
const OUTSIDE = 262
/** Below this many screen pixels one sees nothing, and rather scrolls. */
const SMALLEST = 112

/** Screen pixels for one image pixel, so that all cells are in view at once where the window is large enough for that. */
export function useCellZoom(
  host: Readonly<Ref<HTMLElement | null>>,
  side: number,
  columns: () => number,
  rows: () => number,
): Ref<number> {
  const zoom = ref(1)
  const observer = new ResizeObserver(measure)

  function measure(): void {
    const width = host.value?.clientWidth ?? 0
    if (width === 0) return
    const byWidth = width / columns() - BESIDE
    const byHeight = (window.innerHeight - OUTSIDE) / rows() - AROUND
    zoom.value = zoomFor(side, Math.min(byWidth, Math.max(byHeight, SMALLEST)), LARGEST_ZOOM)
  }

  watch([columns, rows], measure)
  onMounted(() => {
    if (host.value !== null) observer.observe(host.value)
    addEventListener('resize', measure)
    measure()
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    removeEventListener('resize', measure)
  })
  return zoom
}
