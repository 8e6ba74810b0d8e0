import type { PictureSize } from '../../../../../src-shared/util/xml.js'

/** Dots per pixel of the page: sharp on paper and on dense screens. */
const SCALE = 2

/** Draws a vector picture with `SCALE` dots per pixel, so that both files show the same. */
export async function svgToPng(svg: string, { width, height }: PictureSize): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = new OffscreenCanvas(width * SCALE, height * SCALE)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('This browser offers no canvas to draw a picture with.')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await canvas.convertToBlob({ type: 'image/png' })
  } finally {
    URL.revokeObjectURL(url)
  }
}
