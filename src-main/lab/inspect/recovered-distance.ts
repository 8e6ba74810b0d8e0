import type { Mark } from '../../../src-shared/trigger/mark.js'

const WHITE = 255

/**
 * Mean absolute difference (0..1) of a recovered patch and the true trigger over the pixels that the trigger covers and
 * that lie on both, at the alignment where it is least; one lies within the other along each side. NaN where the trigger
 * covers nothing there.
 */
export function distanceToTrigger(patch: Mark, trigger: Mark): number {
  let least = Number.NaN
  for (const row of offsets(patch.height, trigger.height)) {
    for (const column of offsets(patch.width, trigger.width)) {
      const distance = differenceAt(patch, trigger, row, column)
      if (!(distance >= least)) least = distance
    }
  }
  return least
}

/** Where the trigger begins within the patch; below 0 where it is the larger of the two. */
function offsets(patch: number, trigger: number): number[] {
  const from = Math.min(0, patch - trigger)
  const to = Math.max(0, patch - trigger)
  return Array.from({ length: to - from + 1 }, (_, k) => from + k)
}

function differenceAt(patch: Mark, trigger: Mark, row: number, column: number): number {
  let sum = 0
  let pixels = 0
  for (let y = 0; y < trigger.height; y++) {
    for (let x = 0; x < trigger.width; x++) {
      const [py, px] = [y + row, x + column]
      if (py < 0 || px < 0 || py >= patch.height || px >= patch.width) continue
      for (let c = 0; c < trigger.channels; c++) {
        const at = (y * trigger.width + x) * trigger.channels + c
        const cover = trigger.coverage[at]! / WHITE
        sum += cover * Math.abs(trigger.values[at]! - patch.values[(py * patch.width + px) * patch.channels + c]!)
        pixels += cover
      }
    }
  }
  return sum / (pixels * WHITE)
}
