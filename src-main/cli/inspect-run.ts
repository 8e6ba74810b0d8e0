import { confusionMatrix } from '../../src-shared/inspection/confusion.js'
import { outcomeOf, outcomes, type Outcome } from '../../src-shared/inspection/outcomes.js'
import { bytesOf, floatsOf } from '../../src-shared/model/array-block.js'
import type { RunId } from '../../src-shared/model/ids.js'
import type { Inspection, ModelId, View } from '../../src-shared/model/inspection.js'
import { median } from '../../src-shared/util/statistics.js'
import type { AppClient } from './session.js'

/** Samples that heat and change are measured on. */
const LIMIT = 200
const split = 'evaluation'

export interface InspectedAnswers {
  readonly model: ModelId
  readonly cleanAccuracy: number
  /** Null without a trigger, like all below. */
  readonly attackSuccessRate: number | null
  readonly robustAccuracy: number | null
  /** Rows: true class; columns: answer. */
  readonly confusion: { readonly clean: number[][]; readonly triggered: number[][] | null }
  /** Of Grad-CAM for the class that the model answers: medians over triggered samples. */
  readonly heat: { readonly inside: number; readonly area: number; readonly pointing: number } | null
  /** Mean trigger-activated change of the channels of the last map, and the largest. */
  readonly triggerChange: { readonly layer: string; readonly mean: number; readonly largest: number } | null
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

/** What is inside a run, in figures: for every set of weights that can be used. */
export async function inspectRun(client: AppClient, runId: RunId): Promise<InspectedFigures> {
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
  let victim: Uint8Array | null = null
  for (const { id: model, problem } of inspection.models) {
    if (problem !== null) continue
    const clean = await predict(model, 'clean')
    const triggered = canTrigger ? await predict(model, 'triggered') : null
    if (model === 'victim') victim = triggered
    const counted = { labels, targets, victim: victim ?? [], repaired: model === 'victim' ? null : triggered }
    answers.push({
      model,
      cleanAccuracy: shareOf(labels, (index) => clean[index] === labels[index]),
      attackSuccessRate: triggered && shareOf(labels, (index) => triggered[index] === targets[index], isTurned),
      robustAccuracy: triggered && shareOf(labels, (index) => triggered[index] === labels[index], isTurned),
      confusion: {
        clean: inRows(confusionMatrix(labels, clean, classes), classes),
        triggered: triggered && inRows(confusionMatrix(labels, triggered, classes, isTurned), classes),
      },
      heat: canTrigger ? await heatOf(client, runId, model) : null,
      triggerChange: canTrigger ? await changeOf(client, runId, model, lastMap) : null,
      weights: model === 'victim' || victimIsMissing(inspection) ? null : await weightsOf(client, runId, model),
      outcomes: triggered === null || victim === null ? null : countOutcomes(counted, isTurned),
    })
  }
  return { inspection, answers }
}

function victimIsMissing({ models }: Inspection): boolean {
  return models[0]?.problem !== null
}

async function heatOf(client: AppClient, runId: RunId, model: ModelId): Promise<InspectedAnswers['heat']> {
  const { inside, area, pointing } = await client.call('inspection.heat', {
    runId,
    split,
    model,
    method: 'grad-cam',
    limit: LIMIT,
  })
  const known = (values: Float32Array): number[] => [...values].filter((value) => !Number.isNaN(value))
  const points = known(floatsOf(pointing))
  return {
    inside: median(known(floatsOf(inside))),
    area: median(known(floatsOf(area))),
    pointing: points.reduce((sum, each) => sum + each, 0) / Math.max(1, points.length),
  }
}

async function changeOf(
  client: AppClient,
  runId: RunId,
  model: ModelId,
  layer: string,
): Promise<InspectedAnswers['triggerChange']> {
  const asked = { runId, split, model, layer, limit: LIMIT } as const
  const channels = floatsOf((await client.call('inspection.trigger-change', asked)).channels)
  return {
    layer,
    mean: channels.reduce((sum, each) => sum + each, 0) / channels.length,
    largest: Math.max(...channels),
  }
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
