import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { printResult } from '../output.js'
import { withApp } from '../session.js'

export interface TagOptions {
  readonly workspace: string
  readonly remove: readonly string[]
}

/** Adds and removes tags of a run, and prints those that it has then. */
export function tagCommand(id: string, tags: readonly string[], { workspace, remove }: TagOptions): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const runId = parseOrThrow(RunId, id, ['runId'])
    const change = { addTags: [...tags], removeTags: [...remove] }
    const { annotations } = await client.call('run.annotate', { runId, change })
    printResult(annotations.tags.join(' ') || 'no tags')
    return 0
  })
}
