import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'

const NAMED = ['random', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'center'] as const

/** Where a patch goes: a place by name, or the row and column of its upper left pixel. */
export const Position = z.union([z.enum(NAMED), z.strictObject({ row: z.int().min(0), column: z.int().min(0) })], {
  error: `must be ${NAMED.map((name) => `"${name}"`).join(' or ')} or { row, column } with whole numbers from 0`,
})
export type Position = z.output<typeof Position>

interface Size {
  readonly height: number
  readonly width: number
}

/** What is wrong with a position for a patch that fits into the image, at the path `position`. */
export function checkPosition(position: Position, patch: Size, image: ImageShape): FieldError[] {
  if (typeof position === 'string') return []
  const lowest = image.height - patch.height
  const rightmost = image.width - patch.width
  if (position.row <= lowest && position.column <= rightmost) return []
  const size = `${patch.height} x ${patch.width}`
  return [
    {
      path: 'position',
      value: `row ${position.row}, column ${position.column}`,
      message: `puts the ${size} patch outside the image; allowed are row 0 to ${lowest}, column 0 to ${rightmost}`,
    },
  ]
}

/** Draws from `rng` only where the place is random. */
export function place(position: Position, patch: Size, image: ImageShape, rng: Rng): { top: number; left: number } {
  if (typeof position !== 'string') return { top: position.row, left: position.column }
  const bottom = image.height - patch.height
  const right = image.width - patch.width
  switch (position) {
    case 'random':
      return { top: rng.below(bottom + 1), left: rng.below(right + 1) }
    case 'top-left':
      return { top: 0, left: 0 }
    case 'top-right':
      return { top: 0, left: right }
    case 'bottom-left':
      return { top: bottom, left: 0 }
    case 'bottom-right':
      return { top: bottom, left: right }
    case 'center':
      return { top: Math.floor(bottom / 2), left: Math.floor(right / 2) }
  }
}
