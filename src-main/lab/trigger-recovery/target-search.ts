/**
 * Which class, if any, was backdoored? MESA's observation: only for the attacker's target does the generator find small
 * patches that turn images of every other class; for a class without backdoor its success stays near the base rate.
 */
import type { Detection } from '../../../src-shared/model/run-record.js'
import { disposeTensors } from '../compute/tensor-map.js'
import type { DefenderView } from '../define.js'
import { predictClasses } from '../evaluation/predict.js'
import type { RunContext } from '../run-context.js'
import { recoverTriggers, type PatchPosition, type RecoveryOptions } from './recover.js'
import { measureRecoveredSuccess } from './recovered-success.js'

const ROUNDS = 4

/**
 * Recovers triggers for every class and takes the class whose excess success (over the base rate) is highest, if it
 * reaches `threshold`.
 */
export async function searchTarget(
  view: DefenderView,
  options: RecoveryOptions,
  threshold: number,
  context: RunContext,
): Promise<Detection> {
  const { network, weights } = view.victim
  const predicted = await predictClasses(network, weights, view.validation)
  const classes: Detection['classes'] = []
  for (const [targetClass, name] of view.data.classNames.entries()) {
    const random = view.random.within(`search.${targetClass}`)
    const recovered = await recoverTriggers(
      view,
      targetClass,
      options,
      random,
      context,
      `searching: is it class ${name}?`,
    )
    const recoveredSuccess = await measureRecoveredSuccess(
      network,
      weights,
      recovered,
      view.validation,
      random.stream('measure'),
      ROUNDS,
    )
    disposeTensors(recovered.weights)
    classes.push({
      class: targetClass,
      name,
      recoveredSuccess,
      baseRate: baseRateOf(targetClass, predicted, view.validation.labels),
    })
  }
  const best = classes.reduce((a, b) => (excess(b) > excess(a) ? b : a))
  return { threshold, classes, target: excess(best) >= threshold ? best.class : null }
}

export interface PlacedDetection {
  readonly detection: Detection
  /** Where the triggers were found, or would have been. */
  readonly position: PatchPosition
}

/**
 * The same where it may not be known whether a trigger works anywhere: `any` looks at random places first, and where that
 * finds nothing, learns the places.
 */
export async function searchAt(
  position: PatchPosition | 'any',
  view: DefenderView,
  options: Omit<RecoveryOptions, 'position'>,
  threshold: number,
  context: RunContext,
): Promise<PlacedDetection> {
  if (position !== 'any') {
    return { detection: await searchTarget(view, { ...options, position }, threshold, context), position }
  }
  const atRandom = await searchTarget(view, { ...options, position: 'per-image' }, threshold, context)
  if (atRandom.target !== null || context.isStopping()) return { detection: atRandom, position: 'per-image' }
  context.note('info', 'No class yields triggers that work at random places. Searching for some that need one place.')
  const inPlace: DefenderView = { ...view, random: view.random.within('in-place') }
  const detection = await searchTarget(inPlace, { ...options, position: 'learned' }, threshold, context)
  return { detection, position: 'learned' }
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
