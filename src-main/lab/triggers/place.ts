import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { namedPlace, placeNames, type Place, type Size } from '../../../src-shared/trigger/place.js'
import type { Rng } from '../random/rng.js'

const NAMED = ['random', ...placeNames] as const

const At = z.strictObject({ row: z.int().min(0), column: z.int().min(0) })

/** Where a patch goes: a place by name, or the row and column of its upper left pixel. */
export const Position = z.union([z.enum(NAMED), At], {
  error: `must be ${NAMED.map((name) => `"${name}"`).join(' or ')} or { row, column } with whole numbers from 0`,
})
export type Position = z.output<typeof Position>

/** The same place on every image, for a trigger that is optimised for it. */
export const FixedPosition = z.union([z.enum(placeNames), At], {
  error: `must be ${placeNames.map((name) => `"${name}"`).join(' or ')} or { row, column }: the trigger is optimised for one place`,
})
export type FixedPosition = z.output<typeof FixedPosition>

/** What is wrong with a position for a patch that fits into the image, at the path `position`. */
export function checkPosition(position: Position, patch: Size, image: Size): FieldError[] {
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

export function fixedPlace(position: FixedPosition, patch: Size, image: Size): Place {
  return typeof position === 'string' ? namedPlace(position, patch, image) : position
}

/** Draws from `rng` only where the place is random. */
export function place(position: Position, patch: Size, image: Size, rng: Rng): Place {
  if (position !== 'random') return fixedPlace(position, patch, image)
  return {
    row: rng.below(image.height - patch.height + 1),
    column: rng.below(image.width - patch.width + 1),
  }
}
