import { confusionMatrix } from '../../src-shared/inspection/confusion.js'
import { outcomeOf, outcomes, type Outcome } from '../../src-shared/inspection/outcomes.js'
import { bytesOf, floatsOf } from '../../src-shared/model/array-block.js'
import type { RunId } from '../../src-shared/model/ids.js'
import type { Inspection, ModelId, View } from '../../src-shared/model/inspection.js'
import { known, mean, median } from '../../src-shared/util/statistics.js'
import type { AppClient } from './session.js'

const split = 'evaluation'

export interface InspectedAnswers {
  readonly model: ModelId
  readonly cleanAccuracy: number
  /** Null without a trigger, like all below. */
  readonly attackSuccessRate: number | null
  readonly robustAccuracy: number | null
  /** Rows: true class; columns: answer. */
  readonly confusion: { readonly clean: number[][]; readonly triggered: number[][] | null }
  /**
   * Of Grad-CAM for the class that the model answers: medians over so many triggered samples, and `pointing` as a
   * share of them; null too where none has any heat.
   */
  readonly heat: {
    readonly samples: number
    readonly inside: number
    readonly area: number
    readonly pointing: number
  } | null
  /** Mean trigger-activated change of the channels of the last map, and the largest. */
  readonly triggerChange: {
    readonly samples: number
    readonly layer: string
    readonly mean: number
    readonly largest: number
  } | null
  /** What the defense did to the victim's weights; null for the victim. */
  readonly weights:
    readonly { readonly name: string; readonly relative: number | null; readonly largest: number }[] | null
  /** What became of the triggered samples. */
  readonly outcomes: Partial<Record<Outcome, number>> | null
}

export interface InspectedFigures {
  readonly inspection: Inspection
  readonly answers: readonly InspectedAnswers[]
}

/**
 * What is inside a run, in figures: for every set of weights that can be used. Heat and change are measured on `limit`
 * samples at most, evenly spread.
 */
export async function inspectRun(client: AppClient, runId: RunId, limit: number): Promise<InspectedFigures> {
  const inspection = await client.call('inspection.describe', { runId })
  const facts = await client.call('inspection.samples', { runId, split })
  const labels = bytesOf(facts.labels)
  const targets = bytesOf(facts.targets)
  const canTrigger = inspection.attack !== null && inspection.attack.trigger !== null
  const classes = inspection.classNames.length
  const isTurned = (index: number): boolean => targets[index] !== labels[index]
  const lastMap = inspection.layers.filter(({ kind }) => kind === 'map').at(-1)!.name

  const predict = async (model: ModelId, kind: 'clean' | 'triggered'): Promise<Uint8Array> => {
    const view: View = { kind }
    return bytesOf((await client.call('inspection.predict', { runId, split, model, view })).classes)
  }
  const answers: InspectedAnswers[] = []
  let victim: { readonly clean: Uint8Array; readonly triggered: Uint8Array | null } | null = null
  for (const { id: model, problem } of inspection.models) {
    if (problem !== null) continue
    const clean = await predict(model, 'clean')
    const triggered = canTrigger ? await predict(model, 'triggered') : null
    if (model === 'victim') victim = { clean, triggered }
    const counted = {
      labels,
      targets,
      clean: victim?.clean ?? [],
      victim: victim?.triggered ?? [],
      repaired: model === 'victim' ? null : triggered,
    }
    answers.push({
      model,
      cleanAccuracy: shareOf(labels, (index) => clean[index] === labels[index]),
      attackSuccessRate: triggered && shareOf(labels, (index) => triggered[index] === targets[index], isTurned),
      robustAccuracy: triggered && shareOf(labels, (index) => triggered[index] === labels[index], isTurned),
      confusion: {
        clean: inRows(confusionMatrix(labels, clean, classes), classes),
        triggered: triggered && inRows(confusionMatrix(labels, triggered, classes, isTurned), classes),
      },
      heat: canTrigger ? await heatOf(client, { runId, model, limit }) : null,
      triggerChange: canTrigger ? await changeOf(client, { runId, model, limit }, lastMap) : null,
      weights: model === 'victim' || victimIsMissing(inspection) ? null : await weightsOf(client, runId, model),
      outcomes: triggered === null || (victim?.triggered ?? null) === null ? null : countOutcomes(counted, isTurned),
    })
  }
  return { inspection, answers }
}

function victimIsMissing({ models }: Inspection): boolean {
  return models[0]?.problem !== null
}

interface Measured {
  readonly runId: RunId
  readonly model: ModelId
  readonly limit: number
}

async function heatOf(client: AppClient, measured: Measured): Promise<InspectedAnswers['heat']> {
  const found = await client.call('inspection.heat', { ...measured, split, method: 'grad-cam' })
  const inside = known(floatsOf(found.inside))
  if (inside.length === 0) return null
  return {
    samples: found.indices.shape[0]!,
    inside: median(inside),
    area: median(known(floatsOf(found.area))),
    pointing: mean(known(floatsOf(found.pointing))),
  }
}

async function changeOf(
  client: AppClient,
  measured: Measured,
  layer: string,
): Promise<InspectedAnswers['triggerChange']> {
  const { channels, samples } = await client.call('inspection.trigger-change', { ...measured, split, layer })
  const values = [...floatsOf(channels)]
  return { samples, layer, mean: mean(values), largest: Math.max(...values) }
}

async function weightsOf(client: AppClient, runId: RunId, model: ModelId): Promise<InspectedAnswers['weights']> {
  const { changes } = await client.call('inspection.weights', { runId, model })
  return changes.map(({ name, relative, largest }) => ({ name, relative, largest }))
}

function countOutcomes(
  answers: Parameters<typeof outcomeOf>[0],
  isCounted: (index: number) => boolean,
): Partial<Record<Outcome, number>> {
  const found = Array.from(answers.labels, (_, index) => (isCounted(index) ? outcomeOf(answers, index) : null))
  const counts = outcomes.map((outcome) => [outcome, found.filter((each) => each === outcome).length] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function shareOf(
  labels: Uint8Array,
  isHit: (index: number) => boolean,
  isCounted: (index: number) => boolean = () => true,
): number {
  const counted = [...labels.keys()].filter(isCounted)
  return counted.filter(isHit).length / Math.max(1, counted.length)
}

function inRows(counts: Uint32Array, classes: number): number[][] {
  return Array.from({ length: classes }, (_, row) => [...counts.subarray(row * classes, (row + 1) * classes)])
}
