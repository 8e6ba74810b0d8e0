import { basename, extname } from 'node:path'
import type { AppHandlers } from '../../../src-shared/contract/commands.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { invalidInput } from '../../../src-shared/contract/field-errors.js'
import { PluginChoice, type Experiment } from '../../../src-shared/model/experiment.js'
import type { ImportedModel } from '../../../src-shared/model/imported-model.js'
import { JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import { ImportedVictim, type CompleteVictim, type ModelName } from '../../../src-shared/model/victim.js'
import { createEngineHost } from '../engine-host.js'
import type { LaunchEngine } from '../launched-engine.js'
import { checkWorkspace } from '../run-store.js'
import { createModelFolders, isThere } from './model-folders.js'

/** Letters of the name of a model. */
const MAX_NAME = 64
const MAX_OPENED = 16

export interface Models {
  readonly handlers: Pick<AppHandlers, 'model.import' | 'model.list' | 'model.remove'>
  /** The experiment with all that is known of its imported victim filled in. Throws `invalid-input` where it is not here. */
  complete(experiment: JsonValue): Promise<JsonValue>
  /** Where the weights of its imported victim lie; null where it trains its own. */
  victimFile(experiment: Experiment): string | null
  close(): void
}

export interface ModelsOptions {
  readonly workspace: string
  /** Files of strangers are read in a process of their own. */
  readonly launchEngine: LaunchEngine
  /** The path behind the id of a grant. */
  readonly openGrant: (id: string) => string
}

/** Models that were brought along, in the workspace. */
export function createModels({ workspace, launchEngine, openGrant }: ModelsOptions): Models {
  const folders = createModelFolders(workspace)
  const ends = new Set<() => void>()
  /** Files of refused imports: whoever is told what is missing may try again without choosing them anew. */
  const opened = new Map<string, string>()
  const open = (grant: string): string => {
    const path = opened.get(grant) ?? openGrant(grant)
    if (opened.size >= MAX_OPENED) opened.clear()
    opened.set(grant, path)
    return path
  }

  const known = async (name: ModelName): Promise<ImportedModel> => {
    const model = await folders.read(name)
    if (model !== null) return model
    const { models } = await folders.list()
    const names = models.map((each) => each.name).join(', ') || 'none'
    throw invalidInput([
      { path: 'victim.model', value: JSON.stringify(name), message: `is no imported model; there are: ${names}` },
    ])
  }

  return {
    handlers: {
      'model.import': async ({ grant, trigger, triggerMask, options }) => {
        const path = open(grant)
        await checkWorkspace(workspace)
        const name = options.name ?? nameOf(path)
        if (await folders.has(name)) throw isThere(name)
        const host = createEngineHost(launchEngine, { onEvent: () => {}, onCrash: () => {} })
        const end = (): void => host.close()
        ends.add(end)
        try {
          const model = await folders.create(name, (folder) =>
            host.client().call('model.import', {
              name,
              path,
              trigger: trigger === null ? null : open(trigger),
              triggerMask: triggerMask === null ? null : open(triggerMask),
              options,
              folder,
            }),
          )
          opened.clear()
          return { model }
        } finally {
          ends.delete(end)
          end()
        }
      },
      'model.list': () => folders.list(),
      'model.remove': async ({ name }) => {
        if (!(await folders.has(name))) {
          throw new AppError({ code: 'not-found', message: `There is no imported model "${name}" to remove.` })
        }
        await folders.remove(name)
        return {}
      },
    },

    async complete(experiment) {
      if (!isObject(experiment) || experiment['victim'] === undefined) return experiment
      const given = ImportedVictim.safeParse(experiment['victim'])
      // What is wrong with its form is told with everything else that is.
      if (!given.success) return experiment
      const model = await known(given.data.model)
      if (given.data.sha256 !== undefined && given.data.sha256 !== model.weights.sha256) {
        const message = `names other weights than those that are here as "${model.name}" (${model.weights.sha256})`
        throw invalidInput([{ path: 'victim.sha256', value: given.data.sha256, message }])
      }
      checkArchitecture(experiment['model'], model)
      return JsonObject.parse({ ...experiment, model: model.model, victim: victimOf(model) })
    },

    victimFile: ({ victim }) => (victim === undefined ? null : folders.weightsOf(victim.model)),

    close() {
      for (const end of ends) end()
    },
  }
}

function victimOf({ name, weights, classes, pixelNormalization, claims }: ImportedModel): CompleteVictim {
  return { model: name, sha256: weights.sha256, classes, pixelNormalization, claims }
}

/** An experiment that leaves out the architecture gets that of its victim; one that names another is refused. */
function checkArchitecture(given: JsonValue | undefined, { name, model }: ImportedModel): void {
  if (given === undefined) return
  const choice = PluginChoice.safeParse(given)
  if (!choice.success) return
  const { id, params } = choice.data
  const other = Object.keys(params).find((key) => JSON.stringify(params[key]) !== JSON.stringify(model.params[key]))
  if (id === model.id && other === undefined) return
  const path = id === model.id ? `model.params.${other}` : 'model.id'
  const value = JSON.stringify(id === model.id ? params[other!] : id)
  const wanted = JSON.stringify(id === model.id ? (model.params[other!] ?? null) : model.id)
  throw invalidInput([{ path, value, message: `must be ${wanted}, as in the imported model "${name}", or left out` }])
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a file is called after; that of a folder which holds one is that of the folder. */
function nameOf(path: string): ModelName {
  const file = basename(path, extname(path))
  const words = file.toLowerCase().match(/[a-z0-9]+/g) ?? ['model']
  return words.join('-').slice(0, MAX_NAME).replace(/-+$/, '')
}
