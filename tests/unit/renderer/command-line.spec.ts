import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setValue } from '../../../src-main/cli/set-value.js'
import { assignments, commandLine } from '../../../src-renderer/src/stores/command-line.js'
import { draftOf } from '../../../src-renderer/src/stores/draft-model.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import { catalogue } from './fixtures/fixtures.js'

const asJson = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject
const presets = catalogue.experiments.map(({ id, experiment }) => ({
  id,
  experiment: asJson(draftOf(experiment, catalogue.plugins)),
}))
const presetOf = (id: string): JsonObject => structuredClone(presets.find((preset) => preset.id === id)!.experiment)

/** What a shell makes of a command, word by word. */
function words(command: string): string[] {
  const script = `set -- ${command.replace('npm run -s cli -- run ', '')}; for word; do printf '%s\\0' "$word"; done`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** The experiment that the command line would run. */
function experimentOf(command: string): JsonObject {
  const [preset, ...rest] = words(command)
  const experiment = presetOf(preset!)
  for (const [index, word] of rest.entries()) if (index % 2 === 1) setValue(experiment, word)
  return experiment
}

describe('commandLine', () => {
  it('is the name of the preset where nothing differs', () => {
    for (const { id, experiment } of presets) {
      expect(commandLine(experiment, presets)).toBe(`npm run -s cli -- run ${id}`)
    }
  })

  it('sets what differs from the nearest preset', () => {
    const target = { ...presetOf('default'), seed: 7, attack: { id: 'badnets', params: { trigger: { size: 5 } } } }
    expect(commandLine(target, presets)).toBe(
      'npm run -s cli -- run default --set seed=7 --set attack.params.trigger.size=5',
    )
  })

  it('writes a group anew where something has to go', () => {
    const target = { ...presetOf('default'), name: 'It\'s a "trial"; $(x)', defenses: [] }
    expect(experimentOf(commandLine(target, presets))).toEqual(target)
  })

  const params = fc.dictionary(
    fc.constantFrom('alpha', 'beta', 'poisonRate'),
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.string(),
      fc.constant(null),
    ),
    { noNullPrototype: true },
  )
  const choice = fc.record(
    { id: fc.constantFrom('badnets', 'baeraser'), preset: fc.constantFrom('oracle', 'white-corner'), params },
    { requiredKeys: ['id', 'params'], noNullPrototype: true },
  )
  const draft = fc.record(
    {
      name: fc.string(),
      seed: fc.nat(),
      dataset: choice,
      model: choice,
      attack: fc.option(choice),
      training: params,
      defender: params,
      defenses: fc.array(choice, { maxLength: 3 }),
    },
    { noNullPrototype: true },
  )

  it('leads from any experiment to any other', () => {
    fc.assert(
      fc.property(draft, draft, (from, to) => {
        const target = asJson(to)
        const experiment = asJson(from)
        for (const assignment of assignments(asJson(from), target)) setValue(experiment, assignment)
        expect(experiment).toEqual(target)
      }),
    )
  })

  it('survives the shell', () => {
    fc.assert(
      fc.property(draft, (to) => {
        const target = asJson({ ...to, name: to.name.replaceAll('\0', '') })
        fc.pre(!JSON.stringify(target).includes('\\u0000'))
        expect(experimentOf(commandLine(target, presets))).toEqual(target)
      }),
      { numRuns: 30 },
    )
  })
})
