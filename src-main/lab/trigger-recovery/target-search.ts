/**
 * Which class, if any, was backdoored? MESA's observation: only for the attacker's target does the generator find small
 * patches that turn images of every other class; for a class without backdoor its success stays near the base rate.
 */
import { z } from 'zod'
import { JsonValue } from '../../../src-shared/model/json.js'
import { Detection } from '../../../src-shared/model/run-record.js'
import { disposeTensors } from '../compute/tensor-map.js'
import type { DefenderView } from '../define.js'
import { predictClasses } from '../evaluation/predict.js'
import type { RunContext } from '../run-context.js'
import { stageParts } from '../stage-parts.js'
import { patchSheet } from './patch-sheet.js'
import { prepareRecovery, recoverWith, PatchPosition, type PreparedRecovery, type RecoveryOptions } from './recover.js'
import { measureRecoveredSuccess } from './recovered-success.js'

const ROUNDS = 4

/**
 * Recovers triggers for every class and takes the class whose excess success (over the base rate) is highest, if it
 * reaches `threshold`. `nextContext` gives each class the context of its part of the stage.
 */
export async function searchTarget(
  view: DefenderView,
  options: RecoveryOptions,
  threshold: number,
  nextContext: () => RunContext,
): Promise<Detection> {
  const { network, weights } = view.victim
  const predicted = await predictClasses(network, weights, view.validation)
  const classes: Detection['classes'] = []
  const prepared = prepareRecovery(view, options)
  try {
    for (const [targetClass, name] of view.data.classNames.entries()) {
      classes.push({
        class: targetClass,
        name,
        recoveredSuccess: await tryClass(prepared, view, targetClass, options, nextContext()),
        baseRate: baseRateOf(targetClass, predicted, view.validation.labels),
      })
    }
  } finally {
    prepared.program.dispose()
  }
  const best = classes.reduce((a, b) => (excess(b) > excess(a) ? b : a))
  return { threshold, classes, target: excess(best) >= threshold ? best.class : null }
}

/** Success (0..1) on the validation images of triggers that are recovered for this class. */
async function tryClass(
  prepared: PreparedRecovery,
  view: DefenderView,
  targetClass: number,
  options: RecoveryOptions,
  context: RunContext,
): Promise<number> {
  const random = view.random.within(`search.${targetClass}`)
  const note = `searching: is it class ${view.data.classNames[targetClass]}?`
  const recovered = await recoverWith(prepared, view, targetClass, options, random, context, note)
  const { network, weights } = view.victim
  try {
    // For people, who want to see what was found of classes that were no target, too.
    const sheet = await patchSheet(recovered, random.stream('shown'))
    const title = `Triggers that the search recovered for class ${view.data.classNames[targetClass]}`
    await context.files.saveImage(`recovered/class-${String(targetClass).padStart(3, '0')}.png`, title, sheet)
    return await measureRecoveredSuccess(network, weights, recovered, view.validation, random.stream('measure'), ROUNDS)
  } finally {
    disposeTensors(recovered.weights)
  }
}

const Found = z.object({ detection: Detection, position: PatchPosition })
/** The position: where the triggers were found, or would have been. */
export type PlacedDetection = Readonly<z.infer<typeof Found>>

export interface SearchResult extends PlacedDetection {
  /** Contexts for the loops of the stage that follow the search. */
  readonly next: () => RunContext
}

/**
 * The same where it may not be known whether a trigger works anywhere: `any` looks at random places first, and learns the
 * places where that finds nothing, or a class whose triggers do better by the threshold in places of their own. Where a
 * defense of the run has searched in the same way, its answer stands. `epochsAfter`: of each loop of the stage that
 * follows the search.
 */
export async function searchAt(
  position: PatchPosition | 'any',
  view: DefenderView,
  options: Omit<RecoveryOptions, 'position'>,
  threshold: number,
  context: RunContext,
  epochsAfter: readonly number[],
): Promise<SearchResult> {
  let parts = stageParts(context, epochsAfter)
  const search = async (searched: DefenderView, at: PatchPosition): Promise<PlacedDetection> => {
    parts = stageParts(context, [...view.data.classNames.map(() => options.epochs), ...epochsAfter])
    const detection = await searchTarget(searched, { ...options, position: at }, threshold, parts.next)
    return { detection, position: at }
  }
  const searchAll = async (): Promise<PlacedDetection> => {
    if (position !== 'any') return search(view, position)
    const atRandom = await search(view, 'per-image')
    if (context.isStopping()) return atRandom
    const { target, classes } = atRandom.detection
    const inPlace = { ...view, random: view.random.within('in-place') }
    // How far the stage is begins anew: that a second search would be needed was not to be known.
    if (target === null) {
      const why = 'No class yields triggers that work at random places. Searching for some that need one place.'
      context.note('info', why)
      return search(inPlace, 'learned')
    }
    const { recoveredSuccess } = classes[target]!
    if (recoveredSuccess + threshold > 1) return atRandom
    parts = stageParts(context, [options.epochs, ...epochsAfter])
    const learned = { ...options, position: 'learned' } as const
    const prepared = prepareRecovery(inPlace, learned)
    const better = await tryClass(prepared, inPlace, target, learned, parts.next()).finally(prepared.program.dispose)
    return better >= recoveredSuccess + threshold ? { ...atRandom, position: 'learned' } : atRandom
  }
  const searchOrTakeOver = async (): Promise<PlacedDetection> => {
    const work = await context.checkpoints.begin('searching for the target class')
    if (work.reached !== null) return Found.parse(work.reached.data)
    const found = await searchAll()
    await work.finish({ data: JsonValue.parse(found), tensors: {} })
    return found
  }
  const question = { search: { ...options, position, threshold } }
  const { answer, isTaken } = await view.shared.once(question, searchOrTakeOver)
  if (isTaken) context.note('info', 'Another defense of this run searched in the same way: its answer is taken over.')
  return { ...answer, next: parts.next }
}

function excess({ recoveredSuccess, baseRate }: Detection['classes'][number]): number {
  return recoveredSuccess - baseRate
}

/** Share of the images of other classes that are taken for the class without any patch. */
function baseRateOf(targetClass: number, predicted: Uint8Array, labels: Uint8Array): number {
  let others = 0
  let hits = 0
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === targetClass) continue
    others += 1
    if (predicted[i] === targetClass) hits += 1
  }
  return others === 0 ? 0 : hits / others
}
