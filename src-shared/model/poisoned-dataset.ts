import { z } from 'zod'
import { ByteBlock, IntBlock } from './array-block.js'
import { RunId } from './ids.js'
import { JsonValue } from './json.js'

/**
 * `train`: what the victim is trained on, poisoned images in their places. `test`: clean test images that no defense sees.
 * `triggered`: those of them that the attack is to turn, with the trigger.
 */
export const PoisonedSplitId = z.enum(['train', 'test', 'triggered'])
export type PoisonedSplitId = z.infer<typeof PoisonedSplitId>

/** Of a run, whose trigger may have been optimised in it, or of an experiment that has not been run. */
export const PoisonSource = z.union([z.strictObject({ runId: RunId }), z.strictObject({ experiment: JsonValue })])
export type PoisonSource = z.input<typeof PoisonSource>

export const PoisonedSplit = z.object({
  id: PoisonedSplitId,
  count: z.int().min(0),
  labels: ByteBlock.meta({ description: 'What the victim is told, or what the attacker wants for a triggered image.' }),
  trueLabels: ByteBlock,
  poisoned: ByteBlock.meta({
    description: '1 where the image has the trigger, 2 for a cover sample: changed, with its label kept.',
  }),
  positions: IntBlock.meta({ description: "In the dataset's own train or test images." }),
})
export type PoisonedSplit = z.infer<typeof PoisonedSplit>

/** Everything of a poisoned dataset but its images. */
export const PoisonedDataset = z.object({
  name: z.string(),
  shape: z.object({ height: z.int(), width: z.int(), channels: z.int() }),
  classNames: z.array(z.string()),
  splits: z.array(PoisonedSplit),
})
export type PoisonedDataset = z.infer<typeof PoisonedDataset>
