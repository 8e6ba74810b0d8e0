import {
  AppError,
  inspectionCommands,
  poisonCommands,
  type CommandMap,
  type Handlers,
} from '../../src-shared/contract/index.js'

/** Handlers that refuse every question about a run, for hosts that have none. */
export function refuseInspections<M extends CommandMap>(): Handlers<M> {
  const refuse = async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  }
  const names = Object.keys({ ...inspectionCommands, ...poisonCommands })
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as Handlers<M>
}
