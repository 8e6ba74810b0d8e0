import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { ModelId, SplitId, type ExplainedClass } from '../../../../src-shared/model/inspection.js'
import { noFilter, SAMPLE_TRAITS, type SampleFilter } from './data/sample-filter.js'
import { inOrder, SORT_KEYS, type SampleSorting } from './data/sample-order.js'

export const PARTS = ['sample', 'confusion', 'heat', 'triggers', 'network', 'features', 'frequencies'] as const
export type Part = (typeof PARTS)[number]

export const VIEW_NAMES = ['clean', 'triggered', 'recovered'] as const
export type ViewName = (typeof VIEW_NAMES)[number]

export const SIDES = ['victim', 'repaired'] as const
/** Before and after the defense that is looked at. */
export type Side = (typeof SIDES)[number]

/** A recovered trigger: which one on which sheet. */
export interface ChosenPatch {
  readonly sheet: string
  readonly patch: number
}

/** Where one is on the page, besides run and sample: all that its address restores. */
export interface InspectPlace {
  readonly part: Part
  readonly split: SplitId
  readonly view: ViewName
  /** Whose answers the grid shows. */
  readonly side: Side
  /** The repaired model that is looked at; null: the first that there is. */
  readonly defense: ModelId | null
  readonly method: string
  /** Null: the last map of the network. */
  readonly layer: string | null
  readonly explained: ExplainedClass
  readonly filter: SampleFilter
  readonly sorting: SampleSorting
  /** Null: the last one of the last sheet. */
  readonly patch: ChosenPatch | null
}

export const usualPlace: InspectPlace = {
  part: 'sample',
  split: 'evaluation',
  view: 'triggered',
  side: 'victim',
  defense: null,
  method: 'grad-cam',
  layer: null,
  explained: 'predicted',
  filter: noFilter,
  sorting: inOrder,
  patch: null,
}

/** What is wrong in an address is as if it were not there. */
export function parsePlace(query: LocationQuery): InspectPlace {
  const text = (name: string): string => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const [, minus, key] = /^(-?)(\w+)$/.exec(text('sort')) ?? []
  const sortKey = oneOf(SORT_KEYS, key)
  const only = text('only').split(',')
  const [, patch, sheet] = /^(\d{1,5})@(.+)$/.exec(text('patch')) ?? []
  return {
    part: oneOf(PARTS, text('part')) ?? usualPlace.part,
    split: SplitId.safeParse(text('split')).data ?? usualPlace.split,
    view: oneOf(VIEW_NAMES, text('view')) ?? usualPlace.view,
    side: oneOf(SIDES, text('model')) ?? usualPlace.side,
    defense: ModelId.safeParse(text('defense')).data ?? null,
    method: /^[a-z0-9-]{1,60}$/.test(text('method')) ? text('method') : usualPlace.method,
    layer: text('layer') === '' ? null : text('layer'),
    explained: parseClass(text('class')),
    filter: {
      trueClass: parseNumber(text('true')),
      answer: parseNumber(text('answer')),
      only: SAMPLE_TRAITS.filter((trait) => only.includes(trait)),
    },
    sorting: sortKey === undefined ? inOrder : { key: sortKey, isDescending: minus === '-' },
    patch: sheet === undefined ? null : { sheet, patch: Number(patch) },
  }
}

/** Only what differs from the usual, so that addresses stay short. */
export function placeQuery(place: InspectPlace): LocationQueryRaw {
  const { filter, sorting, patch } = place
  const sort = `${sorting.isDescending ? '-' : ''}${sorting.key}`
  const query: Record<string, string | null> = {
    part: unlessUsual('part', place),
    split: unlessUsual('split', place),
    view: unlessUsual('view', place),
    model: unlessUsual('side', place),
    defense: place.defense,
    method: unlessUsual('method', place),
    layer: place.layer,
    class: place.explained === usualPlace.explained ? null : String(place.explained),
    true: filter.trueClass === null ? null : String(filter.trueClass),
    answer: filter.answer === null ? null : String(filter.answer),
    only: filter.only.length === 0 ? null : filter.only.join(','),
    sort: sort === inOrder.key ? null : sort,
    patch: patch === null ? null : `${patch.patch}@${patch.sheet}`,
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null))
}

function unlessUsual(name: 'part' | 'split' | 'view' | 'side' | 'method', place: InspectPlace): string | null {
  return place[name] === usualPlace[name] ? null : place[name]
}

function parseClass(text: string): ExplainedClass {
  if (text === 'predicted' || text === 'true' || text === 'target') return text
  return parseNumber(text) ?? usualPlace.explained
}

function parseNumber(text: string): number | null {
  return /^\d{1,3}$/.test(text) ? Number(text) : null
}

function oneOf<T extends string>(allowed: readonly T[], text: string | undefined): T | undefined {
  return allowed.find((each) => each === text)
}
