import { AppError } from '../../../src-shared/contract/errors.js'
import { floatBlock, type FloatBlock } from '../../../src-shared/model/array-block.js'
import type { SheetDistances } from '../../../src-shared/model/inspection.js'
import { markOfPicture, type Mark } from '../../../src-shared/trigger/mark.js'
import type { InspectedRun } from '../../engine-contract/index.js'
import type { OpenRun } from '../../lab/inspect/open-run.js'
import { distanceToTrigger } from '../../lab/inspect/recovered-distance.js'
import type { Watch } from '../../lab/inspect/watch.js'
import { readSheet, sheetsOf } from './sheets.js'

/** What the true trigger paints; null where it is not known, or changes the image everywhere, so that it is no patch. */
export function trueMark({ attack, plan }: OpenRun): Mark | null {
  const trigger = attack?.trigger ?? null
  if (trigger === null || trigger.region !== undefined) return null
  const { shape, pixels } = trigger.picture
  return markOfPicture(shape.height, shape.width, plan.data.shape.channels, pixels)
}

export function distancesOf(patches: readonly Mark[], trigger: Mark): FloatBlock {
  return floatBlock(Float32Array.from(patches, (patch) => distanceToTrigger(patch, trigger)))
}

/** How near every sheet of the run comes to the true trigger. One that cannot be read does not keep the others back. */
export async function measureDistances(
  inspected: InspectedRun,
  run: OpenRun,
  watch: Watch,
): Promise<{ sheets: SheetDistances[] }> {
  const trigger = trueMark(run)
  if (trigger === null) return { sheets: [] }
  const known = sheetsOf(inspected, [])
  const sheets: SheetDistances[] = []
  for (const { path } of known) {
    watch.progress(sheets.length, known.length)
    await watch.breathe()
    sheets.push(await measureSheet(inspected, path, trigger))
  }
  watch.progress(known.length, known.length)
  return { sheets }
}

async function measureSheet(inspected: InspectedRun, path: string, trigger: Mark): Promise<SheetDistances> {
  try {
    return { path, distances: distancesOf(await readSheet(inspected, path), trigger), problem: null }
  } catch (error) {
    if (error instanceof AppError) return { path, distances: null, problem: error.message }
    throw error
  }
}
