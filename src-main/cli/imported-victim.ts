import { AppError } from '../../src-shared/contract/errors.js'
import type { ImportedModel } from '../../src-shared/model/imported-model.js'
import type { JsonObject } from '../../src-shared/model/json.js'
import type { AppClient } from './session.js'

/** The experiment with an imported model as its victim: its architecture, and its trigger as far as that is known. */
export async function withVictim(experiment: JsonObject, name: string, client: AppClient): Promise<void> {
  const { model, attack, dataset } = await findModel(client, name)
  experiment['name'] = `Imported ${name}`
  experiment['victim'] = { model: name }
  experiment['model'] = { id: model.id, params: model.params }
  experiment['attack'] = attack === null ? null : { id: attack.id, params: attack.params }
  if (dataset !== null) experiment['dataset'] = { id: dataset }
}

/** An imported model of the workspace. Throws `not-found` with those that there are. */
export async function findModel(client: AppClient, name: string): Promise<ImportedModel> {
  const { models } = await client.call('model.list', {})
  const found = models.find((model) => model.name === name)
  if (found !== undefined) return found
  const known = models.map((model) => model.name).join(', ') || 'none'
  throw new AppError({ code: 'not-found', message: `There is no imported model "${name}"; there are: ${known}.` })
}
