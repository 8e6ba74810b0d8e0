import { rgbaOf, type Pixels } from '../pixels/pixels.js'
import { heatRgba, type HeatScale } from '../../../../src-shared/inspection/heat-colours.js'

export interface HeatPicture {
  /** Null: heat alone. */
  readonly pixels: Pixels | null
  readonly size: { readonly height: number; readonly width: number }
  /** height x width, row by row. */
  readonly heat: Float32Array | null
  readonly scale: HeatScale | null
  /** 0: the image alone. 1: the heat alone. */
  readonly opacity: number
}

/** An image with heat over it, one canvas pixel for each of its own, at the upper left. */
export function paintHeat(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { pixels, size: { height, width }, heat, scale, opacity }: HeatPicture,
): void {
  if (pixels !== null) context.putImageData(new ImageData(rgbaOf(pixels), width, height), 0, 0)
  if (heat === null || scale === null || opacity === 0) return
  // Put on a canvas of its own first: only what is drawn is blended.
  const over = new OffscreenCanvas(width, height)
  over.getContext('2d')?.putImageData(new ImageData(heatRgba(heat, scale, opacity), width, height), 0, 0)
  context.drawImage(over, 0, 0)
}
