import { AppError, inspectionCommands, type CommandMap, type Handlers } from '../../src-shared/contract/index.js'

/** Handlers that refuse every question about a run, for hosts that have none. */
export function refuseInspections<M extends CommandMap>(): Handlers<M> {
  const refuse = async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  }
  return Object.fromEntries(Object.keys(inspectionCommands).map((name) => [name, refuse])) as unknown as Handlers<M>
}
