import { readFile, stat } from 'node:fs/promises'
import { invalidInput, parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { CARD_FORMAT, ReproducibilityCard } from '../../../src-shared/model/card.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { JsonObject } from '../../../src-shared/model/json.js'
import { cardOf, compareCards, type CardComparison } from '../../../src-shared/runs/card.js'
import { formatTable, percent, plain, printJson, printResult } from '../output.js'
import { withApp, type AppClient } from '../session.js'
import { EXIT_FAILED, EXIT_OK, followToEnd, type FollowOptions } from './run.js'

const MAX_CARD_BYTES = 10_000_000

export interface RerunOptions extends FollowOptions {
  readonly check: boolean
  /** 0..1 */
  readonly tolerance: number
}

/** Repeats a run, and says whether it came to the same. Returns the exit code. */
export async function rerunCommand(source: string, options: RerunOptions): Promise<number> {
  const { workspace } = options
  const runId = RunId.safeParse(source)
  const card = runId.success
    ? await withApp({ workspace, threads: null }, (client) => cardOfRun(client, runId.data))
    : await readCard(source)
  const threads = options.threads ?? (card.engine?.threads === 1 ? 1 : null)
  return withApp({ workspace, threads }, async (client, { interrupt }) => {
    let repeated: RunId | null = null
    const exitCode = await followToEnd(client, interrupt, options.json, async () => {
      const started = await client.call('run.start', { experiment: JsonObject.parse(card.experiment) })
      repeated = started.runId
      return started
    })
    if (!options.check || exitCode !== EXIT_OK || repeated === null) return exitCode
    const comparison = compareCards(card, await cardOfRun(client, repeated), options.tolerance)
    if (options.json) printJson({ type: 'check', of: card.runId, runId: repeated, ...comparison })
    else showComparison(comparison, options.tolerance)
    return comparison.verdict === 'different' ? EXIT_FAILED : EXIT_OK
  })
}

async function cardOfRun(client: AppClient, runId: RunId): Promise<ReproducibilityCard> {
  const { record, events } = await client.call('run.snapshot', { runId })
  return cardOf(record, events)
}

async function readCard(path: string): Promise<ReproducibilityCard> {
  const refuse = (value: string, message: string) => invalidInput([{ path: 'cardOrRun', value, message }])
  const info = await stat(path).catch(() => null)
  if (info === null || !info.isFile()) throw refuse(JSON.stringify(path), 'is neither a file nor the name of a run')
  if (info.size > MAX_CARD_BYTES) throw refuse(`${info.size} bytes`, `must be at most ${MAX_CARD_BYTES} bytes`)
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw refuse(JSON.stringify(path), `is not JSON: ${(cause as Error).message}`)
  }
  const isCard = typeof value === 'object' && value !== null && 'format' in value && value.format === CARD_FORMAT
  if (!isCard) throw refuse(JSON.stringify(path), 'is no reproducibility card; "export --format card" writes one')
  return parseOrThrow(ReproducibilityCard, value, [path])
}

function showComparison({ verdict, conditions, differences }: CardComparison, tolerance: number): void {
  const sentences = {
    identical: 'The repetition is identical: weights and figures are equal to the last bit.',
    'within-tolerance': `The repetition agrees: outcomes are the same, and no rate is further off than ${percent(tolerance)}.`,
    different: 'The repetition differs.',
  }
  printResult(`\n${sentences[verdict]}`)
  const rows = (of: CardComparison['differences']): string =>
    formatTable(
      [['', 'then', 'now'], ...of.map(({ what, before, now }) => [what, before, now].map(plain))],
      ['left', 'left', 'left'],
    )
  if (verdict !== 'identical' && conditions.length > 0) {
    printResult(`\nEqual bits could not be expected:\n${rows(conditions)}`)
  }
  if (differences.length > 0) printResult(`\nWhat is not the same:\n${rows(differences)}`)
}
