import type { RunEvent } from '../contract/events.js'
import { CARD_FORMAT, CARD_VERSION, type ReproducibilityCard } from '../model/card.js'
import type { RunRecord } from '../model/run-record.js'
import { sha256 } from '../util/sha256.js'
import { utf8 } from '../util/utf8.js'
import { metricsCsv } from './metrics-csv.js'

const WEIGHTS = /\.safetensors$/

/** The card of a run, of its record and events. */
export function cardOf(record: RunRecord, events: readonly RunEvent[]): ReproducibilityCard {
  const { runId, status, experiment, versions, engine, summary } = record
  return {
    format: CARD_FORMAT,
    version: CARD_VERSION,
    runId,
    status,
    experiment,
    versions,
    engine: engine === null ? null : enginePart(engine),
    images: record.images ?? null,
    results:
      summary === null
        ? null
        : {
            before: summary.before,
            defenses: summary.defenses.map(({ id, outcome, detection, after }) => ({
              id,
              outcome,
              target: detection?.target ?? null,
              after,
            })),
          },
    metrics: sha256(utf8(metricsCsv(events))),
    weights: record.artifacts.flatMap(({ path, sha256: hash }) =>
      WEIGHTS.test(path) && hash !== undefined ? [{ path, sha256: hash }] : [],
    ),
  }
}

function enginePart({ backend, variant, tensorflowVersion, devices, threads }: NonNullable<RunRecord['engine']>) {
  return { backend, variant, tensorflowVersion, devices, threads }
}

export function cardText(card: ReproducibilityCard): string {
  return `${JSON.stringify(card, null, 2)}\n`
}

/** What of two cards is not the same, in words. */
export interface CardDifference {
  readonly what: string
  readonly before: string
  readonly now: string
}

export interface CardComparison {
  /**
   * identical: weights and figures to the last bit. within-tolerance: equal to the bit was not to be expected, and no
   * figure is further off than allowed. different: anything else.
   */
  readonly verdict: 'identical' | 'within-tolerance' | 'different'
  /** Why equality to the bit cannot be expected; empty where it can. */
  readonly conditions: readonly CardDifference[]
  readonly differences: readonly CardDifference[]
}

/** How far rates may lie apart where bits cannot be equal: three points of a hundred. */
export const CARD_TOLERANCE = 0.03

/**
 * Compares a repetition with the run that it repeats. With the same versions, engine and images on one thread everything
 * has to be equal; else outcomes have to be the same and no rate further off than `tolerance` (0..1).
 */
export function compareCards(
  before: ReproducibilityCard,
  now: ReproducibilityCard,
  tolerance = CARD_TOLERANCE,
): CardComparison {
  const images = differenceOf('images', before.images, now.images)
  const conditions = [
    ...differencesIn('versions', before.versions, now.versions),
    ...differencesIn('engine', before.engine ?? {}, now.engine ?? {}),
    ...(now.engine?.threads === 1
      ? []
      : [{ what: 'one thread', before: 'needed for equal bits', now: `${now.engine?.threads ?? 'unknown'} threads` }]),
  ]
  const bits = [
    ...images,
    ...differenceOf('metrics.csv', before.metrics, now.metrics),
    ...differencesIn('weights', weightsByPath(before), weightsByPath(now)),
  ]
  const figures = figuresApart(before, now, tolerance)
  if (bits.length === 0 && figures.every(({ isAllowed }) => isAllowed)) {
    return { verdict: 'identical', conditions, differences: [] }
  }
  const isAllowed = conditions.length > 0 && images.length === 0 && figures.every((each) => each.isAllowed)
  return {
    verdict: isAllowed ? 'within-tolerance' : 'different',
    conditions,
    differences: [...bits, ...figures.map(({ difference }) => difference)],
  }
}

function figuresApart(before: ReproducibilityCard, now: ReproducibilityCard, tolerance: number) {
  const left = figuresOf(before)
  const right = figuresOf(now)
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names.flatMap((name) => {
    const [a, b] = [left[name], right[name]]
    if (a === b) return []
    const isAllowed = typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= tolerance
    return [{ isAllowed, difference: { what: name, before: words(a), now: words(b) } }]
  })
}

type Figure = string | number | null

function figuresOf({ status, results }: ReproducibilityCard): Record<string, Figure> {
  const scores = (prefix: string, of: object): [string, Figure][] =>
    Object.entries(of).map(([name, value]) => [`${prefix}.${name}`, value as number | null])
  if (results === null) return { status }
  return Object.fromEntries<Figure>([
    ['status', status],
    ...scores('victim', results.before),
    ...results.defenses.flatMap(({ outcome, target, after }, index): [string, Figure][] => {
      const prefix = `defense-${index + 1}`
      const found = target === null ? 'none' : `class ${target}`
      return [[`${prefix}.outcome`, outcome], [`${prefix}.target`, found], ...scores(prefix, after)]
    }),
  ])
}

function weightsByPath({ weights }: ReproducibilityCard): Record<string, string> {
  return Object.fromEntries(weights.map(({ path, sha256: hash }) => [path, hash]))
}

function differencesIn(group: string, before: object, now: object): CardDifference[] {
  const [left, right] = [new Map(Object.entries(before)), new Map(Object.entries(now))]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differenceOf(`${group}.${key}`, left.get(key), right.get(key)),
  )
}

function differenceOf(what: string, before: unknown, now: unknown): CardDifference[] {
  return words(before) === words(now) ? [] : [{ what, before: words(before), now: words(now) }]
}

function words(value: unknown): string {
  return value === undefined || value === null ? 'not known' : typeof value === 'string' ? value : JSON.stringify(value)
}
