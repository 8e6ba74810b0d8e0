import { z } from 'zod'
import { ByteBlock, FloatBlock, IntBlock } from './array-block.js'
import { SplitId } from './inspection.js'

const count = z.int().min(0)

/**
 * What a detector says of samples of a run, or of its model, with the truth beside it, which the detector was not told.
 */
export const DetectorAnswer = z.discriminatedUnion('examines', [
  z.object({
    /** `inputs`: images as they come in, clean and with the trigger. `training-set`: what the victim was trained on. */
    examines: z.enum(['inputs', 'training-set']),
    split: SplitId,
    /** Samples of the split; among inputs one may be there twice, without the trigger and with it. */
    indices: IntBlock,
    /** 1 where it carries the trigger, or was poisoned. */
    truth: ByteBlock,
    /** Higher is more suspicious. */
    scores: FloatBlock,
  }),
  z.object({
    examines: z.literal('model'),
    classes: z.array(
      z.object({
        class: count,
        name: z.string(),
        score: z.number(),
        /** Deviations from the median of all classes; null where most classes have the same score. */
        anomaly: z.number().nullable(),
      }),
    ),
    /** The class that the detector takes for the target; null where it takes the model for clean. */
    found: count.nullable(),
    /** The classes that are targets: none without an attack, all where each class has its own. */
    targets: z.array(count),
  }),
])
export type DetectorAnswer = z.infer<typeof DetectorAnswer>

/** What a detector says of samples. */
export type SampleScores = Extract<DetectorAnswer, { scores: FloatBlock }>
/** What a detector says of classes. */
export type ClassScores = Extract<DetectorAnswer, { examines: 'model' }>
