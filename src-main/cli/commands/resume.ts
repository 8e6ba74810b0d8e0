import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { withApp } from '../session.js'
import { followToEnd, type FollowOptions } from './run.js'

/** Goes on with a run that ended before it was done. Returns the exit code. */
export function resumeCommand(runId: string, options: FollowOptions): Promise<number> {
  return withApp(options, async (client, { interrupt }) => {
    const id = parseOrThrow(RunId, runId, ['runId'])
    return followToEnd(client, interrupt, options.json, async () => {
      await client.call('run.resume', { runId: id })
      return { runId: id }
    })
  })
}
