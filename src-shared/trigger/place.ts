/** Where a mark goes on an image: what the engine and the page have to agree on to the pixel. */

export const placeNames = ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'center'] as const
export type PlaceName = (typeof placeNames)[number]

/** Row and column of the upper left pixel, from 0. */
export interface Place {
  readonly row: number
  readonly column: number
}

/** In pixels. */
export interface Size {
  readonly height: number
  readonly width: number
}

export function isPlaceName(name: unknown): name is PlaceName {
  return placeNames.some((each) => each === name)
}

/** The place of that name for a mark that fits into the image. */
export function namedPlace(name: PlaceName, mark: Size, image: Size): Place {
  const bottom = image.height - mark.height
  const right = image.width - mark.width
  switch (name) {
    case 'top-left':
      return { row: 0, column: 0 }
    case 'top-right':
      return { row: 0, column: right }
    case 'bottom-left':
      return { row: bottom, column: 0 }
    case 'bottom-right':
      return { row: bottom, column: right }
    case 'center':
      return { row: Math.floor(bottom / 2), column: Math.floor(right / 2) }
  }
}
