import type { FieldError } from '../../../../src-shared/contract/index.js'
import type { StudyPart } from '../../stores/study-draft.js'

type ById = ReadonlyMap<string, readonly string[]>

/** What is wrong with a study, in sentences, each at the choice that it concerns. */
export interface PlanProblems {
  readonly datasets: ById
  readonly attacks: ById
  readonly defenses: ById
  readonly seeds: readonly string[]
  /** Of no choice in particular. */
  readonly other: readonly string[]
}

interface Placed {
  readonly place: keyof PlanProblems
  /** Of what is wrong there; empty where the place is one field. */
  readonly id: string
  readonly sentence: string
}

/** `cifar-10, imc: attack.params.size`: in which runs, and of which field. */
const OF_RUNS = /^(.+?)(?:, (.+))?: (\S+)$/

export function planProblems(fields: readonly FieldError[], part: StudyPart): PlanProblems {
  const all = fields.map((field) => placed(field, part))
  const at = (place: keyof PlanProblems): Placed[] => all.filter((each) => each.place === place)
  const sentences = (these: readonly Placed[]): string[] => these.map(({ sentence }) => sentence)
  const byId = (place: keyof PlanProblems): ById =>
    new Map([...Map.groupBy(at(place), ({ id }) => id)].map(([id, these]) => [id, sentences(these)]))
  return {
    datasets: byId('datasets'),
    attacks: byId('attacks'),
    defenses: byId('defenses'),
    seeds: sentences(at('seeds')),
    other: sentences(at('other')),
  }
}

function placed(error: FieldError, part: StudyPart): Placed {
  const [, dataset, attack, field] = OF_RUNS.exec(error.path) ?? []
  return dataset === undefined || field === undefined
    ? ofRequest(error, part)
    : ofRuns(error, part, { dataset, attack, field })
}

/** Wrong in what was asked for, such as `datasets.0`. */
function ofRequest({ path, value, message }: FieldError, part: StudyPart): Placed {
  const [place, index] = path.split('.')
  const sentence = `${value} ${message}.`
  if (place === 'seeds') return { place, id: '', sentence }
  if (place === 'datasets' || place === 'attacks' || place === 'defenses') {
    const id = part[place][Number(index)]
    if (id !== undefined) return { place, id, sentence }
  }
  return { place: 'other', id: '', sentence: path === '(root)' ? sentence : `${path}: ${sentence}` }
}

/** Wrong in the runs on a dataset, or with an attack on it. */
function ofRuns(
  { value, message }: FieldError,
  part: StudyPart,
  { dataset, attack, field }: { dataset: string; attack: string | undefined; field: string },
): Placed {
  const sentence = `On ${dataset}, ${field} is ${value}: ${message}.`
  if (attack !== undefined) return { place: 'attacks', id: attack, sentence }
  const [, index] = /^defenses\.(\d+)/.exec(field) ?? []
  const defense = index === undefined ? undefined : part.defenses[Number(index)]
  if (defense !== undefined) return { place: 'defenses', id: defense, sentence }
  return { place: 'datasets', id: dataset, sentence }
}

/** What is not chosen at all: there is no use in asking for a plan of it. */
export function emptyChoices({ datasets, attacks, defenses, seeds }: StudyPart): string[] {
  return [
    ...(datasets.length === 0 ? ['Choose at least one dataset.'] : []),
    ...(attacks.length === 0 ? ['Choose at least one attack.'] : []),
    ...(defenses.length === 0 ? ['Choose at least one defense.'] : []),
    ...(Number.isInteger(seeds) ? [] : ['The number of seeds has to be a whole number.']),
  ]
}
