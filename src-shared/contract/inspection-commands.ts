import { z } from 'zod'
import { FloatBlock } from '../model/array-block.js'
import { ArtifactRef } from '../model/artifact.js'
import { DetectorAnswer } from '../model/detector-answer.js'
import { PluginId, RunId } from '../model/ids.js'
import {
  Activation,
  ALL_SAMPLES,
  Embedding,
  EmbedMethod,
  Explanation,
  ExplainMethod,
  HeatStatistics,
  Inspection,
  LayerName,
  ModelId,
  NetworkFacts,
  ParameterChange,
  Predictions,
  RecoveredPatches,
  Region,
  SampleFacts,
  SheetDistances,
  Spectra,
  SplitId,
  TaskId,
  View,
} from '../model/inspection.js'
import { JsonObject } from '../model/json.js'
import { PixelBlock } from '../model/trigger-preview.js'
import { command } from './command.js'

/** Samples of one request for images, and for heatmaps. */
const MAX_IMAGES = 512
const MAX_EXPLAINED = 64
const MAX_MODELS = 21
const MAX_VIEWS = 3
/** What a statistic takes at most where nobody says otherwise. */
const USUAL_SAMPLES = 1000

const run = z.object({ runId: RunId })
const inSplit = run.extend({ split: SplitId.default('evaluation') })
const indices = z.array(z.int().min(0)).min(1)
const models = z.array(ModelId).min(1).max(MAX_MODELS)
const views = z.array(View).min(1).max(MAX_VIEWS)
/** What takes longer than a moment can be followed and cancelled. */
const asTask = { task: TaskId.optional() }
const limit = z.int().min(1).max(ALL_SAMPLES).default(USUAL_SAMPLES)

/** Of one run, each as plain values; what takes longer answers when it is done and tells how far it is. */
export const inspectionCommands = {
  'inspection.describe': command(run, Inspection),
  'inspection.samples': command(inSplit, SampleFacts),
  /** Of every sample of the split. */
  'inspection.predict': command(
    inSplit.extend({ model: ModelId, view: View.default({ kind: 'clean' }), ...asTask }),
    Predictions,
  ),
  'inspection.images': command(
    inSplit.extend({ indices: indices.max(MAX_IMAGES), view: View }),
    z.object({
      images: PixelBlock,
      /** What the view's trigger paints on each; null where nothing is painted. */
      regions: z.array(Region.nullable()),
    }),
  ),
  /** Heatmaps of samples for every model in every view. */
  'inspection.explain': command(
    inSplit.extend({ indices: indices.max(MAX_EXPLAINED), models, views, ...ExplainMethod.shape, ...asTask }),
    z.object({ explanations: z.array(Explanation) }),
  ),
  /** Where the heat of triggered samples lies, over a split. */
  'inspection.heat': command(
    inSplit.extend({
      model: ModelId,
      ...ExplainMethod.shape,
      limit,
      curves: z.boolean().default(false).meta({ description: 'Whether insertion and deletion are measured too.' }),
      ...asTask,
    }),
    HeatStatistics,
  ),
  'inspection.patches': command(run.extend({ sheet: ArtifactRef.shape.path }), RecoveredPatches),
  /** Of all sheets of the run, in the order of `inspection.describe`; none where the trigger is no patch that is known. */
  'inspection.distances': command(run.extend(asTask), z.object({ sheets: z.array(SheetDistances) })),
  'inspection.network': command(run, NetworkFacts),
  /** What a defense did to the victim's weights. */
  'inspection.weights': command(run.extend({ model: ModelId }), z.object({ changes: z.array(ParameterChange) })),
  'inspection.activations': command(
    inSplit.extend({ index: z.int().min(0), layer: LayerName, models, views }),
    z.object({ activations: z.array(Activation) }),
  ),
  /** Trigger-activated change of each channel of a layer. */
  'inspection.trigger-change': command(
    inSplit.extend({ model: ModelId, layer: LayerName, limit, ...asTask }),
    z.object({ channels: FloatBlock, samples: z.int().min(0) }),
  ),
  'inspection.embed': command(
    inSplit.extend({
      models,
      views,
      components: z.int().min(2).max(50).default(2).meta({ description: 'Principal components that are told.' }),
      method: EmbedMethod.default({ kind: 'pca' }),
      limit,
      ...asTask,
    }),
    Embedding,
  ),
  /** What a detector makes of the samples of a run, or of its model; `limit` null: some hundred inputs, or thousand training images. */
  'inspection.detect': command(
    run.extend({
      model: ModelId.default('victim'),
      detector: PluginId,
      params: JsonObject.default({}),
      limit: z.int().min(2).max(100_000).nullable().default(null),
      ...asTask,
    }),
    DetectorAnswer,
  ),
  'inspection.spectra': command(inSplit.extend({ limit, ...asTask }), Spectra),
  /** Whoever waits for the task is told that it was cancelled. */
  'inspection.cancel': command(z.object({ task: TaskId }), z.object({})),
} as const

export type InspectionCommands = typeof inspectionCommands
