import type { ModelId } from '../../../../../src-shared/model/inspection.js'
import type { ViewName } from '../inspect-place.js'
import { cellKey, type SampleAnswers } from './use-sample-walks.js'

export interface DifferenceMap {
  readonly id: string
  readonly title: string
  /** height x width, second minus first. */
  readonly values: Float32Array
}

/** What the trigger changes for each model, and what the defense changes in each view. */
export function differenceMaps(
  answers: SampleAnswers,
  models: readonly { readonly id: ModelId; readonly title: string }[],
  views: readonly { readonly id: ViewName; readonly title: string }[],
): DifferenceMap[] {
  const between = (id: string, title: string, from: string, to: string): DifferenceMap[] => {
    const [first, second] = [answers.get(from), answers.get(to)]
    if (first === undefined || second === undefined) return []
    return [{ id, title, values: second.heat.map((value, pixel) => value - first.heat[pixel]!) }]
  }
  const [clean, other] = views
  const [victim, repaired] = models
  const ofTrigger =
    clean === undefined || other === undefined
      ? []
      : models.flatMap(({ id, title }) =>
          between(id, `${other.title} − clean, ${title.toLowerCase()}`, cellKey(id, clean.id), cellKey(id, other.id)),
        )
  const ofDefense =
    victim === undefined || repaired === undefined
      ? []
      : views.flatMap(({ id, title }) =>
          between(id, `Repaired − victim, ${title.toLowerCase()}`, cellKey(victim.id, id), cellKey(repaired.id, id)),
        )
  return [...ofTrigger, ...ofDefense]
}
