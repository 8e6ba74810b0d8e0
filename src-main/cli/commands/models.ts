import { invalidInput, parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { ModelImportOptions, type ImportedModel } from '../../../src-shared/model/imported-model.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import { knownNormalization, knownNormalizations } from '../../../src-shared/model/pixel-normalization.js'
import { count, formatTable, megabytes, percent, plain, printJson, printResult, say } from '../output.js'
import { findModel } from '../imported-victim.js'
import { withApp } from '../session.js'
import { EXIT_OK } from './run.js'

export interface ImportModelOptions {
  readonly workspace: string
  readonly json: boolean
  readonly name: string | null
  readonly architecture: string | null
  readonly normalization: string | null
  readonly dataset: string | null
  /** Paths. */
  readonly trigger: string | null
  readonly triggerMask: string | null
  readonly target: number | null
  readonly position: string | null
  readonly opacity: number
}

export function importModelCommand(path: string, given: ImportModelOptions): Promise<number> {
  const { workspace, json, name, architecture, dataset, trigger, triggerMask, position, opacity } = given
  const options = parseOrThrow(ModelImportOptions, {
    name,
    architecture,
    normalization: given.normalization === null ? null : readNormalization(given.normalization),
    dataset,
    targetClass: given.target,
    position,
    opacity,
  })
  return withApp({ workspace, threads: null }, async (client, { grant }) => {
    const { model } = await client.call('model.import', {
      grant: grant(path),
      trigger: trigger === null ? null : grant(trigger),
      triggerMask: triggerMask === null ? null : grant(triggerMask),
      options,
    })
    if (json) printJson(model)
    else {
      show(model)
      say(`Defend it: npm run -s cli -- run default --victim ${model.name}${datasetWords(model)}`)
    }
    return EXIT_OK
  })
}

export function listModelsCommand({ workspace, json }: { workspace: string; json: boolean }): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const { models, unreadable } = await client.call('model.list', {})
    if (json) printJson(models)
    else if (models.length === 0) printResult('No models have been imported. Import one: import FILE')
    else printResult(formatTable(models.map(row), ['left', 'left', 'left', 'left', 'left']))
    if (unreadable.length > 0) say(`Not readable as imported models: ${unreadable.join(', ')}`)
    return EXIT_OK
  })
}

export function showModelCommand(
  name: string,
  { workspace, json }: { workspace: string; json: boolean },
): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const model = await findModel(client, name)
    if (json) printJson(model)
    else show(model)
    return EXIT_OK
  })
}

export function removeModelCommand(name: string, workspace: string): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    await client.call('model.remove', { name })
    say(`Removed ${name}. Runs of it keep their own copy of the weights.`)
    return EXIT_OK
  })
}

function row({ name, model, classes, source, claims }: ImportedModel): string[] {
  const claimed = claims === null ? '' : `claims ${claimWords(claims)}`
  return [name, [model.id, ...paramWords(model.params)].join(' '), `${classes} classes`, source.kind, claimed]
}

function show(model: ImportedModel): void {
  const { pixelNormalization, imageSize, poison, claims, attack } = model
  const lines: [string, string][] = [
    ['Architecture', [model.model.id, ...paramWords(model.model.params)].join(', ')],
    ['Answers', `${model.classes} classes, from images of ${model.channels} channels`],
    ...(imageSize === null ? [] : [['Images', `${imageSize.height} x ${imageSize.width}`] as [string, string]]),
    ['Pixels', `mean ${pixelNormalization.mean.join(' ')}, deviation ${pixelNormalization.deviation.join(' ')}`],
    ['Trained on', model.dataset ?? 'not known'],
    ['Trigger', attack === null ? 'not known' : `known, target class ${JSON.stringify(attack.params['targetClass'])}`],
    ...(poison === null ? [] : [['Poisoned', poisonWords(poison)] as [string, string]]),
    ...(claims === null ? [] : [['Claims', `${claimWords(claims)} (${claims.from})`] as [string, string]]),
    ['File', `${model.source.file} (${model.source.kind}, ${megabytes(model.source.bytes)})`],
    ['SHA-256', model.weights.sha256],
  ]
  printResult(`Model ${model.name}`)
  printResult(plain(lines.map(([label, value]) => `${label.padEnd(12)} ${value}`).join('\n')))
  for (const note of model.notes) printResult(plain(note))
}

function paramWords(params: JsonObject): string[] {
  return Object.entries(params).map(([key, value]) => `${key} ${String(value)}`)
}

function claimWords({ cleanAccuracy, attackSuccessRate }: NonNullable<ImportedModel['claims']>): string {
  return `clean accuracy ${percent(cleanAccuracy)}, attack success ${percent(attackSuccessRate)}`
}

function poisonWords({ poisonedTrain, triggeredTest, targetClass }: NonNullable<ImportedModel['poison']>): string {
  const amount = (value: number | null): string => (value === null ? 'an unknown number of' : count(value))
  const target = targetClass === null ? '' : `, for class ${targetClass}`
  return `${amount(poisonedTrain)} training and ${amount(triggeredTest)} test images${target}`
}

function datasetWords({ dataset }: ImportedModel): string {
  return dataset === null ? ' --set dataset.id=DATASET' : ''
}

/** A known normalisation by its id, or MEAN/DEVIATION with commas between channels. */
function readNormalization(text: string): { mean: number[]; deviation: number[] } {
  const known = knownNormalization(text)
  if (known !== null) return { mean: [...known.mean], deviation: [...known.deviation] }
  const [mean, deviation, ...more] = text.split('/').map((part) => part.split(',').map(Number))
  const isUsable =
    mean !== undefined && deviation !== undefined && more.length === 0 && [...mean, ...deviation].every(Number.isFinite)
  if (isUsable) return { mean, deviation }
  const message =
    `must be ${knownNormalizations.map(({ id }) => id).join(', ')}, or MEAN/DEVIATION of pixels from 0 to 1 ` +
    'such as 0.49,0.48,0.45/0.25,0.24,0.26'
  throw invalidInput([{ path: '--normalization', value: JSON.stringify(text), message }])
}
