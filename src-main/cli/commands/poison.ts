import { poisonedFile, type PoisonedFormat } from '../../../src-shared/export/poisoned-files.js'
import { keepFile } from '../keep-file.js'
import { loadExperiment } from '../load-experiment.js'
import { withApp } from '../session.js'
import { setValue } from '../set-value.js'

export interface PoisonOptions {
  readonly workspace: string
  readonly format: PoisonedFormat
  readonly out: string
  readonly set: readonly string[]
  readonly overwrite: boolean
}

/** Writes the poisoned dataset of an experiment that need not have been run. Returns the exit code. */
export function poisonCommand(source: string, options: PoisonOptions): Promise<number> {
  return withApp({ workspace: options.workspace, threads: null }, async (client) => {
    const experiment = await loadExperiment(source, await client.call('catalogue.list', {}))
    for (const assignment of options.set) setValue(experiment, assignment)
    const content = await poisonedFile(client, { experiment }, options.format)
    await keepFile(options, { name: options.format === 'poisoned-npz' ? 'poisoned.npz' : 'poisoned.zip', content })
    return 0
  })
}
