import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** In pixels of the page. */
export interface Room {
  readonly width: number
  readonly height: number
}

export interface CanvasHandle {
  /** Of the host, without its scroll bars. */
  readonly room: Readonly<Ref<Room>>
  /** Many things may change at once: drawn at most once per frame. */
  drawSoon(): void
}

/** A canvas that fills what is in view of its host, sharp on any screen. `draw` finds it empty. */
export function useCanvas(
  host: Readonly<Ref<HTMLElement | null>>,
  canvas: Readonly<Ref<HTMLCanvasElement | null>>,
  draw: (context: CanvasRenderingContext2D, room: Room) => void,
): CanvasHandle {
  const room = ref<Room>({ width: 0, height: 0 })
  let frame: number | null = null

  function drawNow(): void {
    frame = null
    const element = canvas.value
    const context = element?.getContext('2d')
    if (!element || !context) return
    const density = window.devicePixelRatio || 1
    const { width, height } = room.value
    const pixels = { width: Math.round(width * density), height: Math.round(height * density) }
    if (element.width !== pixels.width || element.height !== pixels.height) Object.assign(element, pixels)
    context.setTransform(density, 0, 0, density, 0, 0)
    context.clearRect(0, 0, width, height)
    draw(context, room.value)
  }
  const drawSoon = (): void => {
    frame ??= requestAnimationFrame(drawNow)
  }

  function measure(): void {
    if (host.value === null) return
    const { clientWidth: width, clientHeight: height } = host.value
    if (width === room.value.width && height === room.value.height) return
    room.value = { width, height }
    drawSoon()
  }
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    if (host.value === null) return
    observer.observe(host.value)
    measure()
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    if (frame !== null) cancelAnimationFrame(frame)
  })
  return { room, drawSoon }
}
