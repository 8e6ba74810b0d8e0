import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadExperiment } from '../../../src-main/cli/load-experiment.js'
import { setValue } from '../../../src-main/cli/set-value.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { triggerImageOf } from '../../../src-renderer/src/files/trigger-image.js'
import { commandLine } from '../../../src-renderer/src/stores/command-line.js'
import { draftOf, draftPresets, type Draft } from '../../../src-renderer/src/stores/draft-model.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import { catalogue } from '../renderer/fixtures/fixtures.js'

const presets = draftPresets(catalogue.experiments, catalogue.plugins)
const START = 'npm run -s cli -- '

/** What a shell hands to the program, word by word. */
function words(command: string): string[] {
  expect(command.startsWith(START)).toBe(true)
  const script = `set -- ${command.slice(START.length)}; for word; do printf '%s\\0' "$word"; done`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** The complete experiment that the copied command runs, by the way of the command line itself. */
async function runOf(command: string): Promise<unknown> {
  const [verb, source, ...rest] = words(command)
  expect(verb).toBe('run')
  const experiment = await loadExperiment(source!, catalogue)
  for (const [index, word] of rest.entries()) {
    if (index % 2 === 0) expect(word).toBe('--set')
    else setValue(experiment, word)
  }
  return planExperiment(experiment).experiment
}

const first = draftOf(catalogue.experiments[0]!.experiment, catalogue.plugins)
const withTrigger = (trigger: JsonObject): Draft => ({ ...first, attack: { id: 'badnets', params: { trigger } } })
const noise = Uint8Array.from({ length: 128 * 128 * 4 }, (_v, k) => (k * 7919) % 256)

const drafts: Record<string, Draft> = {
  ...Object.fromEntries(presets.map(({ id, experiment }) => [`the preset ${id}`, experiment as unknown as Draft])),
  'a text trigger with signs of the shell': {
    ...withTrigger({ pattern: 'text', text: '!?+', colour: '#00ff80', textScale: 2, position: 'top-left' }),
    name: `It's "$HOME" \`id\` \\n #1 & * ~ ;|<>(){}[] é\nnext line`,
  },
  'a text that looks like JSON': withTrigger({ pattern: 'text', text: '12', opacity: 0.25 }),
  'a picture as large as one may be': withTrigger({
    pattern: 'image',
    size: 12,
    image: triggerImageOf({ height: 128, width: 128, channels: 4, values: noise }),
    position: { row: 3, column: 4 },
  }),
  'painted pixels': withTrigger({
    pattern: 'painted',
    painted: { height: 1, width: 3, pixels: [255, null, 0] },
  }),
  'no attack, other defenses and another seed': {
    ...first,
    name: '12',
    seed: 4_294_967_295,
    attack: null,
    training: { learningRate: 1e-7 },
    defenses: [
      { id: 'baeraser', preset: 'baeraser-seed', params: { unlearning: { ascentBound: 2 } } },
      { id: 'baeraser', params: {} },
    ],
  },
  'no defense': { ...first, defenses: [] },
}

describe('what is copied', () => {
  it.each(Object.entries(drafts))('is the same run as command line and as JSON: %s', async (_title, draft) => {
    const checked = planExperiment(draft).experiment
    const json = `${JSON.stringify(checked, null, 2)}\n`
    const command = commandLine(draft as unknown as JsonObject, presets)
    expect(await runOf(command)).toEqual(checked)
    expect(planExperiment(JSON.parse(json)).experiment).toEqual(checked)
    // No single word may be longer than what Linux hands to a program.
    expect(Math.max(...words(command).map((word) => word.length))).toBeLessThan(131_072)
  })
})
