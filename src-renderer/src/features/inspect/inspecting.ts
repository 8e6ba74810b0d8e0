import { computed, getCurrentScope, inject, provide, watch, type ComputedRef, type InjectionKey } from 'vue'
import type { InspectedModel, Inspection, ModelId, View } from '../../../../src-shared/model/inspection.js'
import { useAppClient } from '../../stores/app-client.js'
import { useTask, type Task } from '../../stores/task.js'
import { answersNeeded, filterSamples, type AnswerName, type FilterAnswers } from './data/sample-filter.js'
import { orderSamples, spreadOut } from './data/sample-order.js'
import { answersOf, splitData, type Answers, type SplitData } from './data/split-data.js'
import { useHeatStatistics, type HeatOf } from './data/use-heat-statistics.js'
import type { ChosenPatch, Side, ViewName } from './inspect-place.js'
import { sideOf } from './words.js'
import { useInspectPlace, type InspectPlaceHandle } from './use-inspect-place.js'

/** A run that is looked into: what there is, where one is, and what all parts of the page share. */
export interface Inspecting extends InspectPlaceHandle {
  readonly inspection: Inspection
  readonly split: Task<SplitData>
  readonly victim: InspectedModel
  /** The model after the defense that is looked at; null where the run has no defense. */
  readonly repaired: ComputedRef<InspectedModel | null>
  /** Of the two, those whose weights can be used. */
  readonly usable: ComputedRef<readonly InspectedModel[]>
  modelOf(side: Side): InspectedModel | null
  /** Views that this run can show. */
  readonly views: ComputedRef<readonly ViewName[]>
  /** What the grid shows, as far as this run can show it. */
  readonly shownView: ComputedRef<ViewName>
  readonly shownSide: ComputedRef<Side>
  /** Clean, and what is compared with it: the recovered trigger where it is shown, else the true one. */
  readonly comparedViews: ComputedRef<readonly ViewName[]>
  readonly patch: ComputedRef<ChosenPatch | null>
  viewOf(name: ViewName): View
  /** What a model answers in a view; it is asked with the first call. */
  answers(model: ModelId, view: ViewName): Task<Answers>
  readonly shownAnswers: ComputedRef<Task<Answers> | null>
  readonly heat: HeatOf
  /** The samples that pass the filter, in the order that is asked for; null while it is not known. */
  readonly samples: ComputedRef<Int32Array | null>
  /** What the filter or the order waits for, or why it cannot be had. */
  readonly waitsFor: ComputedRef<readonly Awaited[]>
}

/** Something that takes longer, and what is being done. */
export interface Awaited {
  readonly doing: string
  readonly task: Task<unknown>
}

const key: InjectionKey<Inspecting> = Symbol('run that is looked into')

export function useInspecting(): Inspecting {
  const found = inject(key)
  if (found === undefined) throw new Error('No run is looked into here')
  return found
}

export function provideInspecting(inspection: Inspection): Inspecting {
  const client = useAppClient()
  const scope = getCurrentScope()
  const { runId, models, attack, sheets } = inspection
  const { place, sample, go } = useInspectPlace()

  const split = useTask(client, async () =>
    splitData(await client.call('inspection.samples', { runId, split: place.value.split })),
  )
  watch(
    () => place.value.split,
    () => void split.load(),
    { immediate: true },
  )

  const victim = models.find(({ id }) => id === 'victim')!
  const repaired = computed(() => {
    const defenses = models.filter(({ defense }) => defense !== null)
    return (
      defenses.find(({ id }) => id === place.value.defense) ??
      defenses.find(({ problem }) => problem === null) ??
      defenses[0] ??
      null
    )
  })
  const modelOf = (side: Side): InspectedModel | null => (side === 'victim' ? victim : repaired.value)
  const usable = computed(() =>
    [victim, repaired.value].filter((model) => model !== null).filter(({ problem }) => problem === null),
  )

  const patch = computed(() => {
    const asked = place.value.patch
    if (asked !== null && sheets.some(({ path }) => path === asked.sheet)) return asked
    const own = sheets.findLast(({ defense }) => defense === repaired.value?.defense) ?? sheets.at(-1)
    return own === undefined ? null : { sheet: own.path, patch: 0 }
  })
  const hasTrigger = attack !== null && attack.problem === null
  const views = computed(() => {
    const all: ViewName[] = ['clean']
    if (hasTrigger) all.push('triggered')
    if (patch.value !== null) all.push('recovered')
    return all
  })
  const shownView = computed(() => (views.value.includes(place.value.view) ? place.value.view : 'clean'))
  const shownSide = computed((): Side => {
    const { side } = place.value
    const [first] = usable.value
    return modelOf(side)?.problem === null || first === undefined ? side : sideOf(first)
  })
  const comparedViews = computed((): readonly ViewName[] => {
    const other = shownView.value === 'recovered' ? 'recovered' : 'triggered'
    return views.value.includes(other) ? ['clean', other] : ['clean']
  })
  const viewOf = (name: ViewName): View => {
    if (name !== 'recovered' || patch.value === null) return { kind: name === 'triggered' ? 'triggered' : 'clean' }
    return { kind: 'recovered', ...patch.value, place: null }
  }

  const asked = new Map<string, Task<Answers>>()
  function answers(model: ModelId, name: ViewName): Task<Answers> {
    const view = viewOf(name)
    const wanted = { runId, split: place.value.split, model, view }
    const id = JSON.stringify(wanted)
    const known = asked.get(id)
    if (known !== undefined) return known
    const made = scope!.run(() =>
      useTask(client, async (task) => answersOf(await client.call('inspection.predict', { ...wanted, task }))),
    )!
    asked.set(id, made)
    void made.load()
    return made
  }
  const answersIn = (side: Side, view: ViewName): Task<Answers> | null => {
    const model = modelOf(side)
    return model === null || model.problem !== null || !views.value.includes(view) ? null : answers(model.id, view)
  }
  const shownAnswers = computed(() => answersIn(shownSide.value, shownView.value))
  const heat = useHeatStatistics(runId, place)

  const forFilter = (name: AnswerName): Task<Answers> | null => {
    switch (name) {
      case 'shown':
        return shownAnswers.value
      case 'victimClean':
        return answersIn('victim', 'clean')
      case 'victimTriggered':
        return answersIn('victim', 'triggered')
      case 'repairedTriggered':
        return answersIn('repaired', 'triggered')
      case 'repairedShown':
        return answersIn('repaired', shownView.value)
    }
  }
  const sortedBy = computed((): { task: Task<unknown> | null; values: Float32Array | null } => {
    const { key: sortKey } = place.value.sorting
    if (sortKey === 'index' || split.value.value === null) return { task: null, values: null }
    if (sortKey === 'confidence') {
      return { task: shownAnswers.value, values: shownAnswers.value?.value.value?.confidence ?? null }
    }
    const model = modelOf(shownSide.value)
    if (model === null || !hasTrigger) return { task: null, values: null }
    const { measures, waitsFor: task } = heat(model.id)
    const { count } = split.value.value
    return { task, values: measures === null ? null : spreadOut(count, measures.indices, measures.inside) }
  })
  const samples = computed(() => {
    const data = split.value.value
    if (data === null) return null
    const { filter, sorting } = place.value
    const needed = answersNeeded(filter)
    const found: Record<AnswerName, Answers | null> = {
      shown: null,
      victimClean: null,
      victimTriggered: null,
      repairedTriggered: null,
      repairedShown: null,
    } satisfies FilterAnswers
    for (const name of needed) found[name] = forFilter(name)?.value.value ?? null
    const passing = filterSamples(data, found, filter)
    return passing === null ? null : orderSamples(passing, sortedBy.value.values, sorting)
  })
  const waitsFor = computed(() => {
    const asking = 'Asking the models about all samples'
    const sorting = place.value.sorting.key === 'heat' ? 'Measuring where the heat of all samples lies' : asking
    const tasks: readonly { readonly doing: string; readonly task: Task<unknown> | null }[] = [
      { doing: 'Reading the samples', task: split },
      ...answersNeeded(place.value.filter).map((name) => ({ doing: asking, task: forFilter(name) })),
      { doing: sorting, task: sortedBy.value.task },
    ]
    return tasks.flatMap(({ doing, task }) => (task === null || task.value.value !== null ? [] : [{ doing, task }]))
  })

  const inspecting: Inspecting = {
    inspection,
    place,
    sample,
    go,
    split,
    victim,
    repaired,
    usable,
    modelOf,
    views,
    shownView,
    shownSide,
    comparedViews,
    patch,
    viewOf,
    answers,
    shownAnswers,
    heat,
    samples,
    waitsFor,
  }
  provide(key, inspecting)
  return inspecting
}
