import { z } from 'zod'

const rate = z.number().min(0).max(1)

/**
 * The figures that travel together, all on the evaluation part of the test split, which no defense has seen.
 * Those that need a trigger are null when the run has no attack.
 */
export const Scores = z.object({
  cleanAccuracy: rate.meta({ title: 'Clean accuracy', description: 'Share of clean images classified correctly.' }),
  attackSuccessRate: rate.nullable().meta({
    title: 'Attack success rate',
    description: "Share of triggered images of other classes that are classified as the attacker's target.",
  }),
  robustAccuracy: rate.nullable().meta({
    title: 'Robust accuracy',
    description: 'Share of the same triggered images that are classified as their true class.',
  }),
  baseRate: rate.nullable().meta({
    title: 'Base rate',
    description:
      'Share of the same images without trigger that are classified as the target: attack success cannot be expected to fall below it.',
  }),
})
export type Scores = z.infer<typeof Scores>

/**
 * Test images at most that curves are measured on after each epoch: enough for a point of accuracy, few enough not to hold
 * up the training. Final figures are measured on all.
 */
export const CURVE_IMAGES = 1000

/** Names of the values that a run reports as it goes. Those of `defender` origin are all a defense can see. */
export const MetricName = z.enum([
  'loss',
  'cleanAccuracy',
  'attackSuccessRate',
  'robustAccuracy',
  'baseRate',
  'recoveredSuccess',
  'validationAccuracy',
  'mutualInformation',
])
export type MetricName = z.infer<typeof MetricName>

export const MetricValues = z.partialRecord(MetricName, z.number())
export type MetricValues = z.infer<typeof MetricValues>

/** Who can know a value: the defender (from its own images) or only the evaluation (from trigger and test data). */
export const MetricOrigin = z.enum(['defender', 'evaluation'])
export type MetricOrigin = z.infer<typeof MetricOrigin>
