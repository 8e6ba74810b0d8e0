import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { inspectRun, type InspectedAnswers, type InspectedFigures } from '../inspect-run.js'
import { formatTable, percent, plain, printJson, printResult } from '../output.js'
import { withApp } from '../session.js'

const MOST_CHANGED = 5

/** What is inside a run: what its models answer, where the heat of triggered images lies, and what the defenses changed. */
export function inspectCommand(
  id: string,
  { workspace, limit, json }: { workspace: string; limit: number; json: boolean },
): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const figures = await inspectRun(client, parseOrThrow(RunId, id, ['runId']), limit)
    if (json) printJson(figures)
    else show(figures)
    return 0
  })
}

function show({ inspection, answers }: InspectedFigures): void {
  const { name, models, splits, attack, sheets } = inspection
  printResult(`${plain(name)}\n`)
  for (const { id, problem } of models) if (problem !== null) printResult(`${id}: ${plain(problem)}`)
  if (attack?.problem) printResult(plain(attack.problem))
  const titleOf = (model: string): string => plain(models.find(({ id }) => id === model)?.title ?? model)
  printResult(
    formatTable([
      ['', ...answers.map(({ model }) => titleOf(model))],
      ...rowsOf(answers).map(([title, value]) => [title, ...answers.map(value)]),
    ]),
  )
  for (const { model, weights } of answers) {
    if (weights === null) continue
    printResult(`\nMost changed by ${titleOf(model)}, relative to the victim's weights:`)
    const changed = weights.toSorted((a, b) => (b.relative ?? 0) - (a.relative ?? 0)).slice(0, MOST_CHANGED)
    printResult(formatTable(changed.map((each) => [`  ${each.name}`, percent(each.relative)])))
  }
  const counts = splits.map(({ title, count }) => `${title}: ${count}`).join('. ')
  const [measured] = answers.flatMap(({ heat }) => (heat === null ? [] : [heat.samples]))
  if (measured !== undefined)
    printResult(`\nHeat by Grad-CAM on ${measured} triggered samples, evenly spread (--limit).`)
  printResult(`\n${counts}. Sheets of recovered triggers: ${sheets.length}.`)
}

/** Rows of which no model has a value are left out. */
function rowsOf(answers: readonly InspectedAnswers[]): [title: string, value: (of: InspectedAnswers) => string][] {
  const number = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(3))
  const share = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : percent(value)
  const rows: [string, (of: InspectedAnswers) => string][] = [
    ['Clean accuracy', ({ cleanAccuracy }) => share(cleanAccuracy)],
    ['Attack success rate', ({ attackSuccessRate }) => share(attackSuccessRate)],
    ['Robust accuracy', ({ robustAccuracy }) => share(robustAccuracy)],
    ['Heat inside the trigger (median)', ({ heat }) => share(heat?.inside)],
    ['Share of the image that it covers', ({ heat }) => share(heat?.area)],
    ['Hottest pixel inside the trigger', ({ heat }) => share(heat?.pointing)],
    ['Trigger-activated change, mean', ({ triggerChange }) => number(triggerChange?.mean)],
    ['Trigger-activated change, largest', ({ triggerChange }) => number(triggerChange?.largest)],
  ]
  return rows.filter(([, value]) => answers.some((each) => value(each) !== ''))
}
