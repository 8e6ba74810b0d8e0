import { byteBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { SampleFacts, SplitId } from '../../../src-shared/model/inspection.js'
import type { OpenRun } from './open-run.js'

/** What is known of every sample of a split before any model is asked. */
export function describeSamples(run: OpenRun, split: SplitId): SampleFacts {
  const { images, positions } = run.splits[split]
  const { labels, count } = images
  const hasTrigger = run.attack !== null && run.attack.trigger !== null
  return {
    labels: byteBlock(labels),
    targets: byteBlock(wantedClasses(run, labels)),
    poisoned: byteBlock(Uint8Array.from(labels, (_, index) => (run.isPoisoned(split, index) ? 1 : 0))),
    positions: intBlock(positions),
    regions: hasTrigger ? intBlock(regionsOf(run, split), [count, 4]) : null,
  }
}

/** The class that the attacker wants for each; the true one where there is nothing to want. */
export function wantedClasses({ attack }: OpenRun, labels: Uint8Array): Uint8Array {
  return attack === null ? labels.slice() : labels.map((label) => attack.targets[label]!)
}

function regionsOf(run: OpenRun, split: SplitId): Int32Array {
  const { count } = run.splits[split].images
  const regions = new Int32Array(4 * count)
  for (let index = 0; index < count; index++) {
    const { top, left, height, width } = run.regionOf(split, index)
    regions.set([top, left, height, width], 4 * index)
  }
  return regions
}
