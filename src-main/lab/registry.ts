import { AppError } from '../../src-shared/contract/errors.js'

export interface Registry<D extends { readonly id: string }> {
  readonly all: readonly D[]
  /** Throws `invalid-input` that names `path`, the wrong id and the known ones. */
  get(id: string, path: string): D
}

/** A short, explicit, reviewable list of plug-ins of one kind. Refuses two with one id. */
export function createRegistry<D extends { readonly id: string }>(kind: string, all: readonly D[]): Registry<D> {
  const byId = new Map<string, D>()
  for (const definition of all) {
    if (byId.has(definition.id)) throw new Error(`Two ${kind}s are called "${definition.id}"`)
    byId.set(definition.id, definition)
  }
  return {
    all,
    get(id, path) {
      const found = byId.get(id)
      if (found !== undefined) return found
      const message = `is not a known ${kind}; known: ${[...byId.keys()].join(', ')}`
      throw new AppError({
        code: 'invalid-input',
        message: `${path}: "${id}" ${message}`,
        fields: [{ path, value: JSON.stringify(id), message }],
      })
    },
  }
}
