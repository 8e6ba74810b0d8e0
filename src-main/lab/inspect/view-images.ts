import { AppError } from '../../../src-shared/contract/errors.js'
import type { Region, SplitId, View } from '../../../src-shared/model/inspection.js'
import { paintMark, solidMark, type Mark } from '../../../src-shared/trigger/mark.js'
import { namedPlace, type Place, type Size } from '../../../src-shared/trigger/place.js'
import { createImageSet, imageAt, pixelsPerImage, selectImages, type ImageSet } from '../data/image-set.js'
import type { OpenRun } from './open-run.js'

/** Samples as a view shows them. */
export interface ViewedImages {
  /** With their true classes. */
  readonly set: ImageSet
  /** What the view's trigger paints on each; null where nothing is painted. */
  readonly regions: readonly (Region | null)[]
}

/** A view whose recovered trigger has been read from its sheet. */
export type OpenView = Exclude<View, { kind: 'recovered' }> | { kind: 'recovered'; patch: Mark; place: Place | null }

/** Refuses an index outside the split, naming it. */
export function checkIndices(run: OpenRun, split: SplitId, indices: readonly number[]): void {
  const { count } = run.splits[split].images
  const outside = indices.find((index) => index >= count)
  if (outside === undefined) return
  const message = `does not exist: the ${split} split of this run has ${count} samples, 0 to ${count - 1}`
  throw new AppError({
    code: 'invalid-input',
    message: `indices: sample ${outside} ${message}`,
    fields: [{ path: 'indices', value: String(outside), message }],
  })
}

/** Copies of samples, clean, with the true trigger, or with a recovered one. */
export function viewImages(run: OpenRun, split: SplitId, indices: ArrayLike<number>, view: OpenView): ViewedImages {
  const set = selectImages(run.splits[split].images, indices)
  if (view.kind === 'clean') return { set, regions: Array.from(indices, () => null) }
  const size = pixelsPerImage(set.shape)
  const regions = Array.from(indices, (index, k) => {
    if (view.kind === 'triggered') {
      const { pixels, region } = run.triggered(split, index)
      set.pixels.set(pixels, k * size)
      return region
    }
    return paintRecovered(run, split, index, imageAt(set, k), view)
  })
  return { set: createImageSet(set.shape, set.pixels, set.labels), regions }
}

function paintRecovered(
  run: OpenRun,
  split: SplitId,
  index: number,
  pixels: Uint8Array,
  { patch, place }: Extract<OpenView, { kind: 'recovered' }>,
): Region {
  const { shape } = run.plan.data
  const { row, column } = inside(place ?? usualPlace(run, split, index, patch), patch, shape)
  paintMark(pixels, shape.width, patch, { row, column }, 1)
  return { top: row, left: column, height: patch.height, width: patch.width }
}

/** Centred where the true trigger is on this sample; at the lower right where that is not known. */
function usualPlace(run: OpenRun, split: SplitId, index: number, patch: Size): Place {
  const { shape } = run.plan.data
  if (run.attack === null || run.attack.trigger === null) return namedPlace('bottom-right', patch, shape)
  const region = run.regionOf(split, index)
  return {
    row: region.top + Math.round((region.height - patch.height) / 2),
    column: region.left + Math.round((region.width - patch.width) / 2),
  }
}

function inside({ row, column }: Place, patch: Size, image: Size): Place {
  const within = (at: number, room: number): number => Math.max(0, Math.min(at, room))
  return { row: within(row, image.height - patch.height), column: within(column, image.width - patch.width) }
}

/** A patch of 0..255 as a mark without holes. */
export function patchMark({ height, width, channels }: Size & { channels: number }, pixels: Uint8Array): Mark {
  return solidMark(height, width, channels, pixels)
}
