import type { z } from 'zod'
import type { FieldError } from '../../src-shared/contract/errors.js'
import type { AugmentationConfig } from '../../src-shared/model/experiment.js'
import type { StageMeasure } from '../../src-shared/model/estimate.js'
import type { JsonValue } from '../../src-shared/model/json.js'
import type { Paper } from '../../src-shared/model/plugin-manifest.js'
import type { Detection, DefenseOutcome, StageKind } from '../../src-shared/model/run-record.js'
import type { StoredValues } from './checkpoints.js'
import type { Optimizer } from './compute/optimizers.js'
import type { Step } from './compute/step.js'
import type { TensorMap } from './compute/tensor-map.js'
import type { Augmentation } from './data/augmentation.js'
import type { ImageSet, ImageShape } from './data/image-set.js'
import type { DatasetReader, DatasetShelf } from './datasets/reader.js'
import type { TimedWatch } from './inspect/watch.js'
import type { Classifier, FeatureSpec, Network, PixelNormalization } from './nn/network.js'
import type { Rng } from './random/rng.js'
import type { RandomStreams } from './random/streams.js'
import type { PixelImage, RunContext } from './run-context.js'
import type { SharedWork } from './shared-work.js'
import type { Tensor3D, Tensor4D } from './tf.js'
import type { PaintedRegion, Trigger } from './triggers/trigger.js'

/** What every plug-in says of itself. Forms, command-line help and documentation follow from it. */
export interface PluginBase<S extends z.ZodType> {
  /** Stable for ever; saved files refer to it. */
  readonly id: string
  readonly family: string
  readonly title: string
  /** One or two sentences for people who choose. */
  readonly summary: string
  readonly paper: Paper | null
  /** A strict object with a default for every field. */
  readonly params: S
  readonly presets: readonly Preset<S>[]
}

export interface Preset<S extends z.ZodType> {
  readonly id: string
  readonly title: string
  /** In one line, what it changes and why. */
  readonly differs: string
  /** True when it uses what only the attacker or the evaluation knows. */
  readonly oracle: boolean
  readonly params: z.input<S>
}

/** What is known of a dataset before its images are read: enough to check an experiment against. */
export interface DatasetInfo {
  readonly shape: ImageShape
  readonly classNames: readonly string[]
  readonly pixelNormalization: PixelNormalization
}

export interface Dataset {
  readonly info: DatasetInfo
  readonly train: ImageSet
  readonly test: ImageSet
}

/** The augmentation that is customary for a dataset; what is left out is off. */
export type AugmentationDefault = Partial<Omit<AugmentationConfig, 'kind'>>

export interface DatasetDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'dataset'
  /** What `augmentation.kind: "dataset"` means for it. */
  readonly augmentation: AugmentationDefault
  /** What is wrong with these parameters, given what is on the shelf, by path inside the parameters. */
  check(params: z.output<S>, shelf: DatasetShelf): FieldError[]
  /** Known before anything is read, and for an official dataset before it is there. Call only if `check` is content. */
  describe(params: z.output<S>, shelf: DatasetShelf): DatasetInfo
  /** Throws `data-missing` where the images are not there. */
  load(params: z.output<S>, context: { reader: DatasetReader; random: RandomStreams }): Promise<Dataset>
}

/** Of a network: the side of its kernel in pixels, and how many channels come out. */
export interface FirstConvolution {
  readonly kernel: number
  readonly width: number
}

export interface ModelDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'model'
  build(params: z.output<S>, data: DatasetInfo): Network
  /** The parameters under which its first convolution is like this, to recognise a file of weights by. */
  paramsFor(first: FirstConvolution): z.input<S>
}

/** A backdoor as it was planted. */
export interface PlantedBackdoor {
  readonly trigger: Trigger
  /** The class that the attacker wants for an image of this true class. */
  targetOf(trueLabel: number): number
  /** The training set with poisoned images and labels in place of the clean ones. */
  readonly poisonedTrain: ImageSet
  /** Positions of the poisoned images in it. */
  readonly poisonedIndices: Uint32Array
  /** Where the trigger was painted on each of them. */
  readonly regions: readonly PaintedRegion[]
  /** Positions of cover samples: images that were changed and keep their label. */
  readonly coverIndices: Uint32Array
}

/** What a run has saved of its trigger. */
export interface SavedTrigger {
  readonly picture: PixelImage
  /** Null where the trigger has none. */
  readonly tensors: Readonly<Record<string, StoredValues>> | null
}

/** What a stage does, over all of its loops. */
export type StageWork = Pick<StageMeasure, 'loops' | 'epochs' | 'steps'>

/** What the attacker has: the clean training images, the architecture of the victim, and randomness. */
export interface CraftSetting {
  readonly train: ImageSet
  readonly data: DatasetInfo
  readonly network: Network
  readonly random: RandomStreams
  /**
   * Trains a clean model of the experiment's own architecture and settings, from weights and an order of its own. The
   * weights belong to the caller.
   */
  trainClean(): Promise<TensorMap>
}

/** A trigger that was optimised. */
export interface CraftedTrigger {
  readonly trigger: Trigger
  /**
   * Where the attack follows the victim while that is trained: the trigger to poison with from this epoch (from 1) on,
   * for the victim's weights as they are at its start. They stay the caller's.
   */
  readonly renew?: (weights: TensorMap, epoch: number, context: RunContext) => Promise<Trigger>
  /** What `renew` goes on from besides randomness, and the trigger of then. */
  readonly renewal?: { remember(): JsonValue; recall(remembered: JsonValue): Trigger }
  /** Where the trigger is learnt together with the victim. The step paints by itself, on images that are clean. */
  readonly coTraining?: CoTraining
}

/** Networks of the attacker that learn together with the victim, batch by batch. */
export interface CoTraining {
  /** Their weights and what their optimizer remembers, before the first step. */
  readonly initial: Readonly<Record<string, StoredValues>>
  /**
   * One step of both in place of the victim's own (`classifierStep`): of the same state, with `attack/*` besides, of the same
   * inputs and output.
   */
  step(victim: { optimizer: Optimizer; augmentation: Augmentation | null }): Step
  /** Positions of the training images of one epoch, a batch for each step; as many batches as the images fill. */
  batches(planted: PlantedBackdoor, batchSize: number, shuffle: Rng): Uint32Array[]
  /** What they paint by now. The state, without its prefix, stays the caller's. */
  triggerOf(state: TensorMap): Promise<Trigger>
}

export interface AttackDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'attack'
  /** What is wrong with these parameters on this dataset, by path inside the parameters; empty when nothing is. */
  check(params: z.output<S>, data: DatasetInfo): FieldError[]
  /** The one class that all triggered images are to be taken for; null where that depends on their own class. */
  singleTarget(params: z.output<S>): number | null
  /** What is painted; where the attack crafts its trigger, what that starts from. Quick, so that it can be previewed. */
  createTrigger(params: z.output<S>, data: DatasetInfo, random: RandomStreams): Trigger
  /**
   * What crafting and training do at most, for the estimate before a run: where crafting trains a model besides, and
   * where the trigger is renewed while the victim is trained.
   */
  work?(
    params: z.output<S>,
    counts: { trainImages: number; trainingSteps: number; epochs: number },
  ): Partial<Record<'craft' | 'train', StageWork>>
  /** Optimises the trigger before anything is poisoned, in a stage of its own. */
  craft?(params: z.output<S>, setting: CraftSetting, context: RunContext): Promise<CraftedTrigger>
  /** Whether these parameters need the crafting; without it: all do. */
  crafts?(params: z.output<S>): boolean
  /** What crafting does, where it is not to optimise the trigger, such as "Perturb the images to poison". */
  readonly craftTitle?: string
  /** Where crafting made the trigger: that trigger again, from what the run has saved; null if that is not enough. */
  restoreTrigger?(params: z.output<S>, saved: SavedTrigger, data: DatasetInfo, random: RandomStreams): Trigger | null
  /** The same parameters, trigger, data and randomness give the same backdoor. `train` is not changed. */
  plant(
    params: z.output<S>,
    trigger: Trigger,
    setting: { train: ImageSet; data: DatasetInfo; random: RandomStreams },
  ): PlantedBackdoor
}

/**
 * All that a defense may see: the suspicious model, some clean images with labels, randomness, and for those that say so
 * the suspicious training set. No trigger, no target, no poisoned indices, no test data: those types do not occur here.
 */
export interface DefenderView {
  readonly victim: Classifier
  readonly data: DatasetInfo
  /** For optimisation. */
  readonly train: ImageSet
  /** For choices: when to stop, which weights to keep. */
  readonly validation: ImageSet
  /**
   * The training set as it was handed over, with its labels and without a word of which images are poisoned: for a defense
   * that needs it, null for all others.
   */
  readonly suspectTrain: ImageSet | null
  readonly random: RandomStreams
  /** With those defenses of the run that see the same and draw the same random numbers. */
  readonly shared: SharedWork
}

/** The training set of a view that was made for a defense that needs it. */
export function suspectsOf({ suspectTrain }: DefenderView): ImageSet {
  if (suspectTrain === null) throw new Error('A defense asks for the training set without having said that it needs it')
  return suspectTrain
}

/** What only the attacker and the evaluation know. Handed to the oracle variant of a defense and to nothing else. */
export interface AttackerKnowledge {
  readonly targetClass: number
  /** Success of the true trigger on the test images that the final figures are measured on. */
  measureAttackSuccess(weights: TensorMap): Promise<number>
  /** Clean accuracy on them. */
  measureCleanAccuracy(weights: TensorMap): Promise<number>
}

export interface DefenseResult {
  readonly outcome: DefenseOutcome
  /** The weights to go on with, owned by whoever receives them. For `no-backdoor-found` the victim's own, cloned. */
  readonly weights: TensorMap
  readonly detection: Detection | null
  /** Epoch whose weights were kept, 0 for those that it started from; null where there are no epochs. */
  readonly keptEpoch: number | null
  /** What else there is to say, in whole sentences. */
  readonly findings?: readonly string[]
}

export interface DefenseDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'defense'
  /** The stages it walks through, in order; it announces each by `context.enterStage`. */
  readonly stages: readonly { readonly kind: StageKind; readonly title: string }[]
  /** What it needs besides a model and a few clean images: the training set, poisoned as it may be. */
  readonly needs?: 'training-set'
  /** What is wrong with these parameters on this dataset, by path inside the parameters. */
  check(params: z.output<S>, data: DatasetInfo): FieldError[]
  repair(view: DefenderView, params: z.output<S>, context: RunContext): Promise<DefenseResult>
  /**
   * What each of its stages does at most, in the order of `stages`, for the estimate before a run. Only where that is
   * more than its loops tell when they begin: a search that goes through all classes, say.
   */
  work?(
    params: z.output<S>,
    counts: { trainImages: number; suspectImages: number; classes: number },
  ): readonly StageWork[]
  /** The variant that is told the answer, for comparison; runs that use it are marked. */
  readonly oracle?: {
    applies(params: z.output<S>): boolean
    repair(
      view: DefenderView,
      attacker: AttackerKnowledge,
      params: z.output<S>,
      context: RunContext,
    ): Promise<DefenseResult>
  }
}

/** What a heatmap is of: a network with its weights, and a place in it where the method looks at one. */
export interface ExplainSubject {
  readonly classifier: Classifier
  /** A map of the network; null for a method that looks at the input. */
  readonly layer: FeatureSpec | null
}

/** Lets a method that takes long breathe and be cancelled, and gives it randomness. */
export interface ExplainContext {
  readonly random: RandomStreams
  /** Lets messages in; throws `cancelled` once nobody waits any more. */
  breathe(): Promise<void>
}

export interface ExplainerDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'explainer'
  /** Whether it explains by the activations of a layer, which can be chosen, or by the input. */
  readonly looksAt: 'layer' | 'input'
  /**
   * Heat of each image for its class, images x height x width, owned by the caller: above 0 speaks for the class, below
   * 0 against it, where the method can tell.
   * @param images batch x height x width x channels, 0..1
   * @param classes one for each image
   */
  explain(
    params: z.output<S>,
    subject: ExplainSubject,
    images: Tensor4D,
    classes: Uint8Array,
    context: ExplainContext,
  ): Promise<Tensor3D>
}

/** Images under suspicion: what they are of, and whether they carry a trigger, is not told. */
export type SuspectImages = Pick<ImageSet, 'shape' | 'pixels' | 'count'>

/** How much speaks for each class being a target of a backdoor. */
export interface ClassScan {
  /** One for each class; higher is more suspicious. */
  readonly scores: readonly number[]
  /** The class that it takes for the target; null where it takes the model for clean. */
  readonly found: number | null
}

/**
 * What a detector examines, and how. Scores are one for each sample, and higher is more suspicious. As a defense, it sees
 * the suspicious model and clean images of its user, and nothing of the attacker; the truth about the samples is joined
 * by the evaluation alone.
 */
export type Examination<P> =
  | {
      /** Images as they come in where the model is used. */
      readonly of: 'inputs'
      score(params: P, view: DefenderView, suspects: SuspectImages, watch: TimedWatch): Promise<Float32Array>
    }
  | {
      /** The images that the model was trained on, with the labels that they came with. */
      readonly of: 'training-set'
      score(params: P, view: DefenderView, suspects: ImageSet, watch: TimedWatch): Promise<Float32Array>
    }
  | {
      /** The model itself, class by class. */
      readonly of: 'model'
      scan(params: P, view: DefenderView, watch: TimedWatch): Promise<ClassScan>
    }

export interface DetectorDefinition<S extends z.ZodType = z.ZodType> extends PluginBase<S> {
  readonly kind: 'detector'
  /** What a score is, in a few words, such as "Consistency under multiplied pixels". */
  readonly scoreTitle: string
  /** What is wrong with these parameters on this dataset, by path inside the parameters. */
  check(params: z.output<S>, data: DatasetInfo): FieldError[]
  readonly examination: Examination<z.output<S>>
}

export type PluginDefinition =
  DatasetDefinition | ModelDefinition | AttackDefinition | DefenseDefinition | ExplainerDefinition | DetectorDefinition

type Written<D extends { kind: string }> = Omit<D, 'kind' | 'presets'> & {
  presets?: D extends PluginBase<infer S> ? readonly Preset<S>[] : never
}

export function defineDataset<S extends z.ZodType>(definition: Written<DatasetDefinition<S>>): DatasetDefinition<S> {
  return { kind: 'dataset', presets: [], ...definition }
}

export function defineModel<S extends z.ZodType>(definition: Written<ModelDefinition<S>>): ModelDefinition<S> {
  return { kind: 'model', presets: [], ...definition }
}

export function defineAttack<S extends z.ZodType>(definition: Written<AttackDefinition<S>>): AttackDefinition<S> {
  return { kind: 'attack', presets: [], ...definition }
}

export function defineDefense<S extends z.ZodType>(definition: Written<DefenseDefinition<S>>): DefenseDefinition<S> {
  return { kind: 'defense', presets: [], ...definition }
}

export function defineExplainer<S extends z.ZodType>(
  definition: Written<ExplainerDefinition<S>>,
): ExplainerDefinition<S> {
  return { kind: 'explainer', presets: [], ...definition }
}

export function defineDetector<S extends z.ZodType>(definition: Written<DetectorDefinition<S>>): DetectorDefinition<S> {
  return { kind: 'detector', presets: [], ...definition }
}
