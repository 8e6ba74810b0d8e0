import { AppError, type FieldError } from '../../../src-shared/contract/errors.js'
import { invalidInput } from '../../../src-shared/contract/field-errors.js'
import {
  MAX_STUDY_RUNS,
  STUDY_FORMAT,
  STUDY_VERSION,
  type StudyCell,
  type StudyPlan,
  type StudyRequest,
} from '../../../src-shared/model/study.js'
import { datasets } from '../datasets/index.js'
import type { DatasetShelf } from '../datasets/reader.js'
import type { DatasetInfo } from '../define.js'
import { planExperiment } from '../experiment-plan.js'
import { paperStudy } from './paper.js'
import type { Choice, StudyDefinition, StudyProtocol } from './study.js'

export const studies: readonly StudyDefinition[] = [paperStudy]

/**
 * Every run of a study, each checked as a whole before any of them starts. The first runs of a dataset are those of the
 * clean model, so that it is there to compare with. Throws `invalid-input` that names what cannot be run, and why.
 */
export function planStudy(request: StudyRequest, shelf: DatasetShelf): StudyPlan {
  const study = studies.find(({ id }) => id === request.study)
  if (study === undefined) {
    const known = studies.map(({ id }) => id).join(', ')
    throw invalidInput([
      { path: 'study', value: JSON.stringify(request.study), message: `is not a known study; known: ${known}` },
    ])
  }
  const protocol = study.protocols[request.scale]
  const defenses = request.defenses ?? protocol.defenses
  const seeds = Array.from({ length: request.seeds ?? protocol.seeds }, (_, index) => index + 1)
  const attacks = [null, ...(request.attacks ?? protocol.attacks)]
  const chosenDatasets = request.datasets ?? protocol.datasets
  const count = chosenDatasets.length * attacks.length * seeds.length
  if (count > MAX_STUDY_RUNS) {
    throw invalidInput([{ path: '(root)', value: `${count} runs`, message: `must be at most ${MAX_STUDY_RUNS} runs` }])
  }

  const problems = new Map<string, FieldError>()
  const cells = chosenDatasets.flatMap((dataset) => {
    const choice = datasetChoice(protocol, dataset)
    return attacks.flatMap((attack) =>
      seeds.flatMap((seed): StudyCell[] => {
        const name = [study.title, request.scale, dataset, attack ?? 'clean model', `seed ${seed}`].join(', ')
        try {
          const data = describe(choice, shelf)
          const { experiment } = planExperiment(
            {
              name,
              seed,
              dataset: choice,
              model: protocol.model(data),
              attack: attack === null ? null : protocol.attack(attack, data),
              training: protocol.training(data),
              defenses: defenses.map((id) => protocol.defense(id, data)),
            },
            shelf,
          )
          return [{ dataset, attack, seed, experiment }]
        } catch (error) {
          if (!(error instanceof AppError) || error.fields === undefined) throw error
          // The same field is wrong in every run of the dataset or the attack: said once.
          for (const field of error.fields) {
            const about = field.path.startsWith('attack') ? `${dataset}, ${attack}` : dataset
            problems.set(`${about} ${field.path}`, { ...field, path: `${about}: ${field.path}` })
          }
          return []
        }
      }),
    )
  })
  if (problems.size > 0) throw invalidInput([...problems.values()])
  return {
    format: STUDY_FORMAT,
    version: STUDY_VERSION,
    name: `${study.id}-${request.scale}`,
    title: `${study.title}, ${request.scale}`,
    protocol: [...protocol.words],
    cells,
  }
}

/** `image-folder:NAME` names an imported folder. */
function datasetChoice(protocol: StudyProtocol, dataset: string): Choice {
  const [id = dataset, name] = dataset.split(':')
  const choice = protocol.dataset(id)
  return name === undefined ? choice : { ...choice, params: { ...choice.params, name } }
}

/** What the protocol has to know of the dataset to choose a model. Throws what is wrong with it. */
function describe({ id, params = {} }: Choice, shelf: DatasetShelf): DatasetInfo {
  const definition = datasets.get(id, 'dataset.id')
  const parsed = definition.params.parse(params)
  const wrong = definition.check(parsed, shelf)
  if (wrong.length > 0) throw invalidInput(wrong.map((error) => ({ ...error, path: `dataset.params.${error.path}` })))
  return definition.describe(parsed, shelf)
}
