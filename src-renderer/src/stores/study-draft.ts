import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { StudyScale, type PlannedStudy, type StudyPlan, type StudyRequest } from '../../../src-shared/model/study.js'
import { useAppClient } from './app-client.js'
import { useLoaded } from './loaded.js'

/** The study that the laboratory defines. */
const STUDY = 'paper'

/** What a study compares; seeds are counted. */
export interface StudyPart {
  readonly datasets: string[]
  readonly attacks: string[]
  readonly defenses: string[]
  readonly seeds: number
}

export interface StudyChoices extends Partial<StudyPart> {
  readonly scale: StudyScale
}

export interface ScaleOffer extends PlannedStudy {
  readonly scale: StudyScale
}

/** The study that is being planned: a scale, and what is to differ from it. Kept while one looks at other pages. */
export const useStudyDraftStore = defineStore('study-draft', () => {
  const client = useAppClient()
  const choices = shallowRef<StudyChoices>({ scale: 'tiny' })
  const { value, error, isLoading, load } = useLoaded(() =>
    Promise.all(
      StudyScale.options.map(async (scale): Promise<ScaleOffer> => {
        return { scale, ...(await client.call('study.plan', { study: STUDY, scale })) }
      }),
    ),
  )
  const scales = computed(() => value.value ?? [])
  const ofScale = computed(() => {
    const offer = scales.value.find(({ scale }) => scale === choices.value.scale)
    return offer === undefined ? null : partOf(offer.plan)
  })

  return {
    choices,
    /** What each scale is by itself. */
    scales,
    error,
    isLoading,
    load,
    request: computed((): StudyRequest => ({ study: STUDY, ...choices.value })),
    /** What the choices come to; null until the scales are known. */
    part: computed((): StudyPart | null => {
      const { scale: _scale, ...chosen } = choices.value
      return ofScale.value === null ? null : { ...ofScale.value, ...chosen }
    }),
    choose(change: Partial<StudyChoices>): void {
      choices.value = { ...choices.value, ...change }
    },
    /** What is chosen at a scale by itself. */
    asTheScaleSays(): void {
      choices.value = { scale: choices.value.scale }
    },
    isAsTheScaleSays: computed(() => Object.keys(choices.value).length === 1),
    async start(): Promise<StudyPlan> {
      return (await client.call('study.start', { study: STUDY, ...choices.value })).plan
    },
  }
})

/** What a plan is made of. */
export function partOf({ cells }: StudyPlan): StudyPart {
  return {
    datasets: [...new Set(cells.map(({ dataset }) => dataset))],
    attacks: [...new Set(cells.flatMap(({ attack }) => attack ?? []))],
    defenses: (cells[0]?.experiment.defenses ?? []).map(({ id }) => id),
    seeds: new Set(cells.map(({ seed }) => seed)).size,
  }
}
