import { AppError } from '../contract/errors.js'
import type { Experiment } from '../model/experiment.js'
import type { ModelId } from '../model/inspection.js'

/** What the weights of a run are called: the victim's, and what each defense made of them. */
export function modelIds({ defenses }: Experiment): ModelId[] {
  return ['victim', ...defenses.map((_, index) => `defense-${index + 1}`)]
}

/** Where the weights of a model lie inside the run folder. Throws `invalid-input` for one that the run does not have. */
export function weightsPath(experiment: Experiment, model: ModelId): string {
  const known = modelIds(experiment)
  if (!known.includes(model)) {
    const message = `is not a model of this run; there are: ${known.join(', ')}`
    throw new AppError({
      code: 'invalid-input',
      message: `model: "${model}" ${message}`,
      fields: [{ path: 'model', value: model, message }],
    })
  }
  if (model === 'victim') return 'victim.safetensors'
  return experiment.defenses.length === 1 ? 'repaired.safetensors' : `${model}/repaired.safetensors`
}
