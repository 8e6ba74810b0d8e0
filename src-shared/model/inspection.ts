/** What a researcher can ask of the images, weights and triggers of one run, and what comes back. */
import { z } from 'zod'
import { ByteBlock, FloatBlock, IntBlock } from './array-block.js'
import { ArtifactRef } from './artifact.js'
import { PluginId, RunId } from './ids.js'
import { JsonObject } from './json.js'
import { Detection, DefenseOutcome, RunStatus } from './run-record.js'
import { PixelBlock } from './trigger-preview.js'

const count = z.int().min(0)

/** More than any split has: the most that a statistic can be asked for. */
export const ALL_SAMPLES = 100_000

/**
 * `evaluation`: test images that no defense has seen and all figures are measured on. `defender`: the other test images.
 * `train`: the training images.
 */
export const SplitId = z.enum(['evaluation', 'defender', 'train'])
export type SplitId = z.infer<typeof SplitId>

/** `victim`, or `defense-1`, `defense-2`, ... for what each defense has made of it. */
export const ModelId = z
  .string()
  .regex(/^(victim|defense-[1-9]\d?)$/, 'must be "victim" or "defense-1", "defense-2", ...')
export type ModelId = z.infer<typeof ModelId>

/** A place inside the network, by the name that `inspection.describe` gives. */
export const LayerName = z.string().min(1).max(100)

/** Chosen by whoever asks, to follow what takes longer in `inspection.progress` and to cancel it. */
export const TaskId = z.string().regex(/^[a-zA-Z0-9-]{1,60}$/, 'must be up to 60 letters, digits and hyphens')
export type TaskId = z.infer<typeof TaskId>

/** An image region in pixels. */
export const Region = z.object({ top: count, left: count, height: z.int().min(1), width: z.int().min(1) })
export type Region = z.infer<typeof Region>

/**
 * How images are looked at: as they are; with the true trigger, at the very places of the run; or with a recovered one.
 */
export const View = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('clean') }),
  z.object({ kind: z.literal('triggered') }),
  z.object({
    kind: z.literal('recovered'),
    /** Path of a sheet of recovered triggers. */
    sheet: ArtifactRef.shape.path,
    /** Which of the triggers on it. */
    patch: count,
    /** Upper left pixel; null: where the true trigger is, or, where that is not known, the lower right corner. */
    place: z.object({ row: count, column: count }).nullable().default(null),
  }),
])
export type View = z.output<typeof View>

export const SplitInfo = z.object({ id: SplitId, title: z.string(), count })
export type SplitInfo = z.infer<typeof SplitInfo>

/** Weights of the run that can be looked at, or why not. */
export const InspectedModel = z.object({
  id: ModelId,
  title: z.string(),
  /** Position in the experiment's list; null for the victim. */
  defense: count.nullable(),
  outcome: DefenseOutcome.nullable(),
  /** Null when they can be used; else in a sentence what is wrong. */
  problem: z.string().nullable(),
})
export type InspectedModel = z.infer<typeof InspectedModel>

/** A place in the network whose activations can be looked at. */
export const LayerInfo = z.object({
  name: LayerName,
  /** `map`: height x width x channels. `vector`: channels alone. */
  kind: z.enum(['map', 'vector']),
  channels: z.int().min(1),
  /** 1 for a vector. */
  height: z.int().min(1),
  width: z.int().min(1),
})
export type LayerInfo = z.infer<typeof LayerInfo>

/** A contact sheet of recovered triggers. */
export const RecoveredSheet = z.object({
  path: ArtifactRef.shape.path,
  defense: count,
  /** The class that its triggers lead to; null where it is not recorded. */
  class: count.nullable(),
  /** Null for a sheet of the search, which looks at each class once. */
  epoch: count.nullable(),
})
export type RecoveredSheet = z.infer<typeof RecoveredSheet>

/** What there is to be inspected of a run. */
export const Inspection = z.object({
  runId: RunId,
  status: RunStatus,
  name: z.string(),
  shape: z.object({ height: z.int(), width: z.int(), channels: z.int() }),
  classNames: z.array(z.string()),
  splits: z.array(SplitInfo),
  models: z.array(InspectedModel),
  /** Of the map layers the last one is what heatmaps look at where none is chosen. */
  layers: z.array(LayerInfo),
  attack: z
    .object({
      id: PluginId,
      title: z.string(),
      /** The class wanted for an image of each class. */
      targets: z.array(count),
      /** Null where images cannot be triggered here, and `problem` says why. */
      trigger: PixelBlock.nullable(),
      problem: z.string().nullable(),
    })
    .nullable(),
  sheets: z.array(RecoveredSheet),
  /** Of each defense; null where it judges no classes. */
  detections: z.array(Detection.nullable()),
})
export type Inspection = z.infer<typeof Inspection>

/** What is known of every sample of a split before any model is asked. */
export const SampleFacts = z.object({
  /** True classes. */
  labels: ByteBlock,
  /** The class that the attacker wants; the true one where there is no attack, or nothing to want. */
  targets: ByteBlock,
  /** 1 where the victim was trained on it with the trigger and the wanted label. */
  poisoned: ByteBlock,
  /** Positions in the dataset's own train or test images. */
  positions: IntBlock,
  /** samples x 4: top, left, height, width of what the trigger paints; null without a trigger. */
  regions: IntBlock.nullable(),
})
export type SampleFacts = z.infer<typeof SampleFacts>

/** What a model answers for every sample of a split. */
export const Predictions = z.object({
  /** Class with the highest probability. */
  classes: ByteBlock,
  /** Its probability. */
  confidence: FloatBlock,
  /** Probability of the class that the attacker wants; null without an attack. */
  targetProbability: FloatBlock.nullable(),
})
export type Predictions = z.infer<typeof Predictions>

/** Which class a heatmap explains: a fixed one, or one that depends on model and sample. */
export const ExplainedClass = z.union([z.enum(['predicted', 'true', 'target']), z.int().min(0).max(255)], {
  error: 'must be "predicted", "true", "target", or the number of a class',
})
export type ExplainedClass = z.infer<typeof ExplainedClass>

/** How to explain. */
export const ExplainMethod = z.object({
  method: PluginId,
  params: JsonObject.default({}),
  /** Null: the last map of the network, or none where the method looks at the input. */
  layer: LayerName.nullable().default(null),
  class: ExplainedClass.default('predicted'),
})
export type ExplainMethod = z.output<typeof ExplainMethod>

/** Heatmaps of the same samples for one model and view. */
export const Explanation = z.object({
  model: ModelId,
  /** Position in the request's list of views. */
  view: count,
  /** samples x classes. */
  probabilities: FloatBlock,
  /** The class that each heatmap explains. */
  classes: ByteBlock,
  /** samples x height x width: above 0 speaks for the class, below 0 against it, where the method can tell. */
  heat: FloatBlock,
  /** Share of the positive heat inside the region of the view's trigger; NaN where there is none of either. */
  inside: FloatBlock,
  /** 1 where the hottest pixel lies inside it (pointing game); NaN as above. */
  pointing: FloatBlock,
})
export type Explanation = z.infer<typeof Explanation>

/** How the heat of many samples lies to the trigger. */
export const HeatStatistics = z.object({
  /** Samples of the split that were looked at: those that the attack is to turn, evenly spread where there are many. */
  indices: IntBlock,
  /** Share of the positive heat inside the true trigger, of each. */
  inside: FloatBlock,
  pointing: FloatBlock,
  /** Share of the image that the trigger covers: what `inside` would be if heat lay evenly. */
  area: FloatBlock,
  /** Area under the curve of the class's probability while pixels come back, hottest first; null unless asked for. */
  insertion: FloatBlock.nullable(),
  /** The same while pixels are taken away. */
  deletion: FloatBlock.nullable(),
  /** Mean of those curves over the samples, at equal steps from none of the pixels moved to all. */
  insertionCurve: FloatBlock.nullable(),
  deletionCurve: FloatBlock.nullable(),
})
export type HeatStatistics = z.infer<typeof HeatStatistics>

/** Triggers of one sheet, and how near they come to the true one. */
export const RecoveredPatches = z.object({
  patches: PixelBlock,
  /** Mean absolute difference to the true trigger, 0 to 1, at the best alignment; null without a known trigger. */
  distances: FloatBlock.nullable(),
})
export type RecoveredPatches = z.infer<typeof RecoveredPatches>

/** How near the triggers of every sheet come to the true one. */
export const SheetDistances = z.object({
  path: ArtifactRef.shape.path,
  /** As in `RecoveredPatches`; null where the sheet cannot be read, and `problem` says why. */
  distances: FloatBlock.nullable(),
  problem: z.string().nullable(),
})
export type SheetDistances = z.infer<typeof SheetDistances>

export const NetworkFacts = z.object({
  layers: z.array(LayerInfo),
  /** From the input to the output, by PyTorch's names. */
  parameters: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      count,
      trainable: z.boolean(),
    }),
  ),
})
export type NetworkFacts = z.infer<typeof NetworkFacts>

/** Counts of values in bins of equal width from `low` to `high`. */
export const Histogram = z.object({ low: z.number(), high: z.number(), counts: IntBlock })
export type Histogram = z.infer<typeof Histogram>

/** What a defense did to one parameter of the victim. */
export const ParameterChange = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  /** L2 norm of the change over that of the victim's values; null where those are all 0. */
  relative: z.number().nullable(),
  /** Largest absolute change of a single weight. */
  largest: z.number(),
  /** Per output channel, the L2 norm of the change. */
  channels: FloatBlock,
  before: Histogram,
  after: Histogram,
  /** After minus before. */
  change: Histogram,
})
export type ParameterChange = z.infer<typeof ParameterChange>

/** Activations of one sample. */
export const Activation = z.object({
  model: ModelId,
  view: count,
  /** height x width x channels; 1 x 1 x channels for a vector. */
  values: FloatBlock,
})
export type Activation = z.infer<typeof Activation>

/** How features are brought into the plane. */
export const EmbedMethod = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pca') }),
  z.object({
    kind: z.literal('t-sne'),
    /** About how many neighbours each point has. */
    perplexity: z.number().min(2).max(200).default(30),
    iterations: z.int().min(250).max(5000).default(750),
  }),
  z.object({
    kind: z.literal('umap'),
    /** Of each point, itself among them. */
    neighbours: z.int().min(2).max(200).default(15),
    /** How close points may lie together. */
    minDistance: z.number().min(0).max(0.99).default(0.1),
    iterations: z.int().min(10).max(5000).default(500),
    seed: z.int().min(0).max(2_147_483_647).default(1),
  }),
])
export type EmbedMethod = z.output<typeof EmbedMethod>

/** Where the features of samples lie. */
export const Embedding = z.object({
  /** Samples of the split, evenly spread. */
  indices: IntBlock,
  clouds: z.array(
    z.object({
      model: ModelId,
      view: count,
      /** samples x components, on the same axes for all clouds; two components but for principal ones. */
      points: FloatBlock,
    }),
  ),
  /** Share of the variance along each principal component; null where it is another method. */
  explained: z.array(z.number()).nullable(),
})
export type Embedding = z.infer<typeof Embedding>

/** Mean size of the frequencies of images (discrete cosine transform), height x width, lowest at the upper left. */
export const Spectra = z.object({
  clean: FloatBlock,
  /** Null without a trigger, like the other two. */
  triggered: FloatBlock.nullable(),
  /** Of what the trigger changes in the same images. */
  difference: FloatBlock.nullable(),
  images: count,
})
export type Spectra = z.infer<typeof Spectra>
