import type { MetricValues } from '../../../src-shared/model/metrics.js'
import type { Detection } from '../../../src-shared/model/run-record.js'
import { cloneTensors } from '../compute/tensor-map.js'
import type { DefenderView, DefenseResult, StageWork } from '../define.js'
import type { AccuracyLoss } from '../evaluation/accuracy-loss.js'
import type { RandomStreams } from '../random/streams.js'
import type { RunContext } from '../run-context.js'
import type { Memory, Verdict } from '../training/keep-best.js'
import type { RecoveryParams, SelectionParams } from './params.js'
import { patchSheet } from './patch-sheet.js'
import { likeliestPlace } from './places.js'
import { recoverTriggers, type PatchPosition, type RecoveredTriggers, type RecoveryOptions } from './recover.js'
import { measureRecoveredSuccess } from './recovered-success.js'
import { searchAt } from './target-search.js'

export interface FoundTarget {
  readonly detection: Detection
  readonly target: number
  /** Share (0..1) of the validation images of other classes that the victim takes for it without any trigger. */
  readonly baseRate: number
  /** Where its triggers were found. */
  readonly position: PatchPosition
  /** Contexts for the loops of the stage that follow the search. */
  readonly next: () => RunContext
}

/**
 * Searches for the target and saves what was found of each class. A result that changes nothing where there is none.
 * `epochsAfter`: of each loop of the stage that follows the search.
 */
export async function findTarget(
  view: DefenderView,
  options: Omit<RecoveryOptions, 'position'>,
  position: PatchPosition | 'any',
  { detectionThreshold }: SelectionParams,
  context: RunContext,
  epochsAfter: readonly number[],
): Promise<FoundTarget | DefenseResult> {
  const searched = await searchAt(position, view, options, detectionThreshold, context, epochsAfter)
  const { detection } = searched
  await context.files.saveJson('detection.json', 'Success of recovered triggers per class', detection)
  if (detection.target !== null) {
    const { target } = detection
    return { ...searched, target, baseRate: detection.classes[target]!.baseRate }
  }
  context.note('info', 'No backdoor found: no class yields recovered triggers. The model is left as it was.')
  const weights = cloneTensors(view.victim.weights)
  return { outcome: 'no-backdoor-found', weights, detection, keptEpoch: null }
}

/**
 * Recovers triggers and shows after each epoch how well they do and what they look like. `epochsBefore`: those of other
 * generators of the same defense.
 */
export function recoverShown(
  view: DefenderView,
  targetClass: number,
  options: RecoveryOptions,
  random: RandomStreams,
  context: RunContext,
  epochsBefore = 0,
): Promise<RecoveredTriggers> {
  const { network, weights } = view.victim
  const shown = random.stream('shown')
  const measured = random.stream('measured')
  const note = `recovering triggers of class ${view.data.classNames[targetClass]}`
  return recoverTriggers(
    view,
    targetClass,
    options,
    random,
    context,
    note,
    async (now, ownEpoch, mutualInformation) => {
      const epoch = epochsBefore + ownEpoch
      const recoveredSuccess = await measureRecoveredSuccess(network, weights, now, view.validation, measured)
      context.metrics({ epoch, origin: 'defender', values: { recoveredSuccess, mutualInformation } })
      const sheet = await patchSheet(now, shown)
      const number = String(epoch).padStart(3, '0')
      await context.files.saveImage(`recovered/epoch-${number}.png`, `Recovered triggers, epoch ${epoch}`, sheet)
    },
  )
}

/** For people: where the triggers work, where that is one place. */
export function placeFindings({ places, generator }: RecoveredTriggers, { data }: DefenderView): string[] {
  const place = likeliestPlace(places, data.shape, generator.patch)
  return place === null ? [] : [`The recovered triggers work best at one place: ${place}.`]
}

/** What searching and then recovering with so many generators does at most. */
export function recoveryWork(
  { batchSize, epochs, searchEpochs, position }: RecoveryParams,
  { trainImages, classes }: { trainImages: number; classes: number },
  generators: number,
  isTold = false,
): StageWork {
  // Images of the class that is being tried are left out.
  const others = Math.round(trainImages * (1 - 1 / classes))
  const steps = Math.max(1, Math.floor(others / Math.min(others, batchSize)))
  const searched = isTold ? 0 : classes * (position === 'any' ? 2 : 1)
  return {
    loops: searched + generators,
    // The search looks at nothing before its end.
    epochs: generators * epochs,
    steps: (searched * searchEpochs + generators * epochs) * steps,
  }
}

/** What a defender can measure of weights that it has repaired: their accuracy, and what recovered triggers do to them. */
export interface RepairFigures extends AccuracyLoss {
  /** Success of recovered triggers on the validation images. */
  readonly recoveredSuccess: number
}

/** As it is reported. */
export function repairMetrics({ recoveredSuccess, accuracy }: RepairFigures): MetricValues {
  return { recoveredSuccess, validationAccuracy: accuracy }
}

export interface FigureJudge {
  (figures: RepairFigures, epoch: number): Verdict
  /** All that it remembers from epoch to epoch. */
  readonly memory: Memory
}

/**
 * The honest judge sees the validation images and recovered triggers only. The cost is what a defender can estimate of
 * the damage left: success of recovered triggers beyond the victim's base rate (0..1), below which it need not fall, plus
 * lost accuracy. Accuracy below the floor, as far as the images tell, counts for as much as a backdoor that is just
 * found: such weights lose to all that keep it but those with a backdoor.
 */
export function defenderJudge(
  { accuracyFloor, detectionThreshold, stopBelow, patience }: SelectionParams,
  baseRate: number,
): FigureJudge {
  const memory = { doneInARow: 0 }
  const judge = ({ recoveredSuccess, lost, surelyLost }: RepairFigures, epoch: number): Verdict => {
    const cost = Math.max(0, recoveredSuccess - baseRate) + lost
    memory.doneInARow = epoch > 0 && cost <= stopBelow ? memory.doneInARow + 1 : 0
    const stop = memory.doneInARow >= patience
    return { stop, cost: surelyLost > accuracyFloor ? detectionThreshold + cost : cost }
  }
  return Object.assign(judge, { memory })
}
